"""The records by which a feature says what it has: its buttons."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from bot.conversation.buttons import ButtonData, FixedButtonData
from bot.conversation.replies import TapReply
from bot.conversation.requests import Request
from bot.features.services import Services, TapHandler

Data = TypeVar("Data", bound=ButtonData)


@dataclass(frozen=True, slots=True)
class TapRoute:
    """A kind of button, and the way of a tap on one to its handler.

    `answer` gives what answers a tap whose button carries this string; None where the button is of
    another kind.
    """

    button: type[ButtonData]
    answer: Callable[[str], TapHandler | None]


@dataclass(frozen=True, slots=True)
class Feature:
    """What one feature has."""

    taps: Sequence[TapRoute] = ()


def on_tap(
    button: type[Data], handler: Callable[[Request, Data, Services], Awaitable[TapReply]]
) -> TapRoute:
    """Have a handler answer taps on a kind of button, with what the button carries."""

    def answer(data: str) -> TapHandler | None:
        tapped = button.read(data)
        if tapped is None:
            return None
        return lambda request, services: handler(request, tapped, services)

    return TapRoute(button, answer)


def on_fixed_tap(button: type[FixedButtonData], handler: TapHandler) -> TapRoute:
    """Have a handler answer taps on a kind of button that says the same each time."""
    return TapRoute(button, lambda data: handler if button.read(data) else None)
