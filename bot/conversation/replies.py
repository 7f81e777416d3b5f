"""The replies of handlers, as values; `bot.sending.reply_calls` turns them into calls."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Button:
    """A button under a message. A tap brings `data` back, which has at most 64 bytes."""

    text: str
    data: str


@dataclass(frozen=True, slots=True)
class LinkButton:
    """A button that opens a URL."""

    text: str
    url: str


Buttons = Sequence[Sequence[Button | LinkButton]]
"""Rows of buttons: at most 8 buttons in a row, and 100 in all."""


@dataclass(frozen=True, slots=True)
class Message:
    """A message: text in Telegram's HTML, with rows of buttons under it."""

    text: str
    buttons: Buttons = ()


@dataclass(frozen=True, slots=True)
class Question:
    """A message to which Telegram opens a reply, with a hint in the empty text field."""

    text: str
    placeholder: str


@dataclass(frozen=True, slots=True)
class File:
    """A file for the person to save, with a caption of plain text."""

    name: str
    content: bytes
    caption: str = ""


@dataclass(frozen=True, slots=True)
class Files:
    """Several files, each a message of its own."""

    files: Sequence[File]


@dataclass(frozen=True, slots=True)
class Edit:
    """New content for the message whose button was tapped.

    A notice is shown over the chat to the person who tapped. It is plain text of at most 200
    characters; empty means none.
    """

    message: Message
    notice: str = ""


@dataclass(frozen=True, slots=True)
class Notice:
    """A plain text of at most 200 characters, shown over the chat to the person who tapped."""

    text: str


Reply = Message | Question | Files
TapReply = Edit | Notice | Reply
"""A reply to a tap. One that is neither an edit nor a notice is sent as a new message."""


@dataclass(frozen=True, slots=True)
class Privately:
    """An answer to a request in a group, sent to the person's private chat.

    The group gets `sent`, or `refused` where Telegram does not let the bot write to the person.
    """

    message: Message
    sent: Message
    refused: Message
