"""What a handler answers: values, which `bot.transport` sends."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Button:
    """A button under a message. `data` comes back when it is tapped: at most 64 bytes."""

    text: str
    data: str


@dataclass(frozen=True, slots=True)
class Message:
    """A message, as Telegram's HTML, with rows of buttons under it."""

    text: str
    buttons: Sequence[Sequence[Button]] = ()


@dataclass(frozen=True, slots=True)
class Question:
    """A message that opens the person's reply to it, with a hint in the empty field."""

    text: str
    placeholder: str


@dataclass(frozen=True, slots=True)
class Edit:
    """A new content for the message whose button was tapped."""

    message: Message


@dataclass(frozen=True, slots=True)
class Notice:
    """A short plain text shown over the chat to the person who tapped: at most 200 characters."""

    text: str


Reply = Message | Question
TapReply = Edit | Notice
