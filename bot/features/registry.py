"""The registry of all features. A new feature is registered here."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final, TypeVar

from bot.features.add.feature import ADD
from bot.features.admin.feature import ADMIN
from bot.features.clear.feature import CLEAR
from bot.features.deeds.feature import DEEDS
from bot.features.files.feature import FILES
from bot.features.forget.feature import FORGET
from bot.features.fridge.feature import FRIDGE
from bot.features.guide.feature import guide_feature
from bot.features.keep.feature import KEEP
from bot.features.records import Command, Feature, TapRoute
from bot.features.remove.feature import REMOVE
from bot.features.services import TapHandler
from bot.features.settings.feature import LANGUAGE, SETTINGS
from bot.features.undo.feature import UNDO
from bot.features.warnings.feature import WARNINGS
from bot.telegram.menus import MenuEntry
from fridge.catalogue.normalise import normalise

Value = TypeVar("Value")

FEATURES: Final = (
    ADD,
    FRIDGE,
    REMOVE,
    CLEAR,
    KEEP,
    SETTINGS,
    FILES,
    LANGUAGE,
    FORGET,
    UNDO,
    DEEDS,
    WARNINGS,
)
"""All features but the guide and the admins', in the order of the menus and of the help."""


class Registry:
    """Looks up commands and buttons, which it knows from the records of features.

    Args:
        features: in the order of the menus.

    Raises:
        ValueError: two commands have a name or a word in common, or two kinds of buttons have the
            same prefix; or a word is the name of another command.
    """

    def __init__(self, features: Iterable[Feature]) -> None:
        features = tuple(features)
        self.commands: Sequence[Command] = [one for each in features for one in each.commands]
        self.taps: Sequence[TapRoute] = [one for each in features for one in each.taps]
        self.by_name: Mapping[str, Command] = _unique(
            "the name", ((name, command) for command in self.commands for name in command.names)
        )
        self.by_word: Mapping[str, str] = _unique(
            "the word",
            (
                (normalise(word), command.name)
                for command in self.commands
                for word in command.words
            ),
        )
        """The name of the command for each normalised word."""
        for word, name in self.by_word.items():
            if word in self.by_name and self.by_name[word].name != name:
                raise ValueError(f"the word {word!r} is the name of another command")
        kinds = _unique(
            "the prefix", ((tap.button.PREFIX, tap.button) for tap in self.taps)
        ).values()
        self.bound_to_chat = tuple(kind.PREFIX for kind in kinds if kind.BOUND_TO_CHAT)
        """The prefixes of the buttons that are valid only in the chat of their request."""
        self.outliving_a_tap = tuple(kind.PREFIX for kind in kinds if kind.OUTLIVES_A_TAP)
        """The prefixes of the buttons that stay when another button of their message is tapped."""
        self._taps_by_head: dict[str, list[TapRoute]] = {}
        for tap in self.taps:
            self._taps_by_head.setdefault(_head(tap.button.PREFIX), []).append(tap)

    @property
    def menu(self) -> Sequence[MenuEntry]:
        """The entries of the menus, in their order."""
        return [
            MenuEntry(command.name, command.menu, for_admins=command.for_admins)
            for command in self.commands
            if command.menu
        ]

    def handler_of_tap(self, data: str) -> TapHandler | None:
        """Return the handler of a tap; None where no kind of button reads the string any more."""
        for tap in self._taps_by_head.get(_head(data), ()):
            if handler := tap.answer(data):
                return handler
        return None


def _head(data: str) -> str:
    return data.partition(":")[0]


def _unique(what: str, claims: Iterable[tuple[str, Value]]) -> dict[str, Value]:
    """Return the values by their claims.

    Args:
        what: the kind of the claims, for the error.
        claims: pairs of a claim and its value.

    Raises:
        ValueError: two values have the same claim.
    """
    claimed: dict[str, Value] = {}
    for claim, value in claims:
        if claim in claimed:
            raise ValueError(f"{what} {claim!r} is claimed twice")
        claimed[claim] = value
    return claimed


REGISTRY: Final = Registry((*FEATURES, guide_feature(FEATURES), ADMIN))
