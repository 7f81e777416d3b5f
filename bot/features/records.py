"""The records of features: each names the commands and the buttons of a feature.

`bot.features.registry` derives the routing, the menus, the help, the command words and the
questions from the records.
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
    """A command, with all texts and words that concern it.

    Args:
        name: without the slash.
        handler: answers the command.
        words: phrases in both languages; a text that is one of them means the command. Case,
            spaces and the like do not count.
        other_names: further names without the slash; the menus do not show them.
        menu: the line of the menu; without it, the command is in no menu.
        help_line: the line of `/help`, as HTML, where `{ttl}` stands for the life of a fridge;
            without it, the help does not name the command.
        about_chat: the command concerns the chat, not the content of the fridge; the help names
            such commands last.
        takes_files: a list in a file is meant for the bot if the line below it is this command.
        question: the question of the command without an argument. A reply to the question is
            handled as the argument.
        former_questions: texts of the question in earlier versions, which still stand in chats.
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
    takes_files: bool = False
    question: Callable[[Language], Question] | None = None
    former_questions: Sequence[str] = ()
    for_admins: bool = False
    brings_admin_menu: bool = False

    @property
    def names(self) -> Sequence[str]:
        """All names of the command, without the slash."""
        return (self.name, *self.other_names)


@dataclass(frozen=True, slots=True)
class TapRoute:
    """A kind of button, and the way of a tap on such a button to its handler.

    `answer` returns the handler for the string of a button; None for a button of another kind.
    """

    button: type[ButtonData]
    answer: Callable[[str], TapHandler | None]


@dataclass(frozen=True, slots=True)
class Feature:
    """The commands and the buttons of a feature."""

    commands: Sequence[Command] = ()
    taps: Sequence[TapRoute] = ()


def on_tap(
    button: type[Data], handler: Callable[[Request, Data, Services], Awaitable[TapReply]]
) -> TapRoute:
    """Route taps on a kind of button to a handler, which gets the value of the button."""

    def answer(data: str) -> TapHandler | None:
        tapped = button.read(data)
        if tapped is None:
            return None
        return lambda request, services: handler(request, tapped, services)

    return TapRoute(button, answer)


def on_fixed_tap(button: type[FixedButtonData], handler: TapHandler) -> TapRoute:
    """Route taps on a kind of button without a value to a handler."""
    return TapRoute(button, lambda data: handler if button.read(data) else None)
