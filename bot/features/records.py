"""The records by which a feature says what it has: its commands, and its buttons.

Routing, the menus, the help, the words in plain texts and the questions are derived from them by
`bot.features.registry`.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from bot.conversation.buttons import ButtonData, FixedButtonData
from bot.conversation.replies import Question, TapReply
from bot.conversation.requests import Request
from bot.features.services import Handler, Services, TapHandler
from bot.locale.language import Language

Text = Callable[[Language], str]
"""A text in each language."""

Data = TypeVar("Data", bound=ButtonData)


@dataclass(frozen=True, slots=True)
class Command:
    """A command, and everything that is said of it.

    Args:
        name: what follows the slash.
        handler: answers the command.
        words: what says the command where nothing else is said, in both languages. Case, spaces
            and the like do not count.
        other_names: what may follow the slash as well; the menus do not show it.
        menu: what the menu says of the command; without it, the command is in no menu.
        help_line: the command's line of `/help`, as HTML, where `{ttl}` stands for the life of a
            fridge; without it, the help does not name the command.
        about_chat: the command concerns the chat and not what is in the fridge; the help names
            such commands last.
        question: what the command asks where nothing follows it. A reply to that question is
            handled as what follows the command.
        for_admins: to everybody else, the command does not exist.
        brings_admin_menu: an admin who sends the command in private gets the admins' menu.
    """

    name: str
    handler: Handler
    words: Sequence[str]
    other_names: Sequence[str] = ()
    menu: Text | None = None
    help_line: Text | None = None
    about_chat: bool = False
    question: Callable[[Language], Question] | None = None
    for_admins: bool = False
    brings_admin_menu: bool = False

    @property
    def names(self) -> Sequence[str]:
        """All that may follow the slash."""
        return (self.name, *self.other_names)


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

    commands: Sequence[Command] = ()
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
