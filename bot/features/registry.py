"""All features, and what is derived from their records. A new feature is registered here."""

from collections.abc import Iterable, Sequence
from typing import Final, TypeVar

from bot.features.add.feature import ADD
from bot.features.clear.feature import CLEAR
from bot.features.files.feature import FILES
from bot.features.forget.feature import FORGET
from bot.features.fridge.feature import FRIDGE
from bot.features.guide.feature import GUIDE
from bot.features.records import Feature, TapRoute
from bot.features.remove.feature import REMOVE
from bot.features.services import TapHandler
from bot.features.settings.feature import LANGUAGE, SETTINGS
from bot.features.undo.feature import UNDO
from bot.features.warnings.feature import WARNINGS

Value = TypeVar("Value")


class Registry:
    """What is derived from the records of features.

    Args:
        features: all that there are.

    Raises:
        ValueError: two kinds of buttons claim a prefix.
    """

    def __init__(self, features: Iterable[Feature]) -> None:
        self.taps: Sequence[TapRoute] = [one for each in features for one in each.taps]
        kinds = _by_claim(
            "the prefix", ((tap.button.PREFIX, tap.button) for tap in self.taps)
        ).values()
        self.bound_to_chat = tuple(kind.PREFIX for kind in kinds if kind.BOUND_TO_CHAT)
        """The prefixes of the buttons that are valid only in the chat of their request."""
        self.outliving_a_tap = tuple(kind.PREFIX for kind in kinds if kind.OUTLIVES_A_TAP)
        """The prefixes of the buttons that stay when another one of their message is tapped."""
        self._taps_by_head: dict[str, list[TapRoute]] = {}
        for tap in self.taps:
            self._taps_by_head.setdefault(_head(tap.button.PREFIX), []).append(tap)

    def on_tap(self, data: str) -> TapHandler | None:
        """What answers a tap; None where the button is of no kind that there is any more."""
        for tap in self._taps_by_head.get(_head(data), ()):
            if handler := tap.answer(data):
                return handler
        return None


def _head(data: str) -> str:
    return data.partition(":")[0]


def _by_claim(what: str, claims: Iterable[tuple[str, Value]]) -> dict[str, Value]:
    """Who claims what, by what is claimed.

    Raises:
        ValueError: something is claimed twice.
    """
    claimed: dict[str, Value] = {}
    for claim, value in claims:
        if claim in claimed:
            raise ValueError(f"{what} {claim!r} is claimed twice")
        claimed[claim] = value
    return claimed


REGISTRY: Final = Registry(
    (ADD, FRIDGE, REMOVE, CLEAR, SETTINGS, FILES, LANGUAGE, FORGET, UNDO, WARNINGS, GUIDE)
)
