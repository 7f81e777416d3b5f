"""What a handler answers: values, which `bot.sending.reply_calls` sends."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Button:
    """A button under a message. `data` comes back when it is tapped: at most 64 bytes."""

    text: str
    data: str


@dataclass(frozen=True, slots=True)
class LinkButton:
    """A button that opens an address."""

    text: str
    url: str


Buttons = Sequence[Sequence[Button | LinkButton]]
"""Rows of buttons: at most 8 in a row, and 100 in all."""


@dataclass(frozen=True, slots=True)
class Message:
    """A message, as Telegram's HTML, with rows of buttons under it."""

    text: str
    buttons: Buttons = ()


@dataclass(frozen=True, slots=True)
class Question:
    """A message that opens the person's reply to it, with a hint in the empty field."""

    text: str
    placeholder: str


@dataclass(frozen=True, slots=True)
class File:
    """A file to be saved by whoever asked for it, with a line of plain text under it."""

    name: str
    content: bytes
    caption: str = ""


@dataclass(frozen=True, slots=True)
class Files:
    """Several files, each a message of its own."""

    files: Sequence[File]


@dataclass(frozen=True, slots=True)
class Edit:
    """A new content for the message whose button was tapped.

    The notice, if any, is shown over the chat to the person who tapped: at most 200 characters.
    """

    message: Message
    notice: str = ""


@dataclass(frozen=True, slots=True)
class Notice:
    """A short plain text shown over the chat to the person who tapped: at most 200 characters."""

    text: str


Reply = Message | Question | Files
TapReply = Edit | Notice | Reply
"""A reply to a tap that is no edit is sent as a new message."""


@dataclass(frozen=True, slots=True)
class Privately:
    """A message to whoever asked in a group, in their private chat.

    The group is told that it was sent, or, where Telegram refuses it, that it can't be.
    """

    message: Message
    sent: Message
    refused: Message
