"""What Telegram makes of a reply, and what it would refuse."""

from typing import Any

from bot.conversation.replies import Button, Message, Question
from local_telegram.content.html_markup import parse_html
from local_telegram.protocol.utf16 import utf16_length

LONGEST_TEXT = 4096
LONGEST_NOTICE = 200
LONGEST_PLACEHOLDER = 64
MOST_BUTTONS = 100
MOST_BUTTONS_IN_A_ROW = 8
MOST_BUTTON_DATA_BYTES = 64


def shown(html: str) -> str:
    """The text that a person sees, after the markup is parsed; any space is a space.

    Raises:
        BadRequestError: Telegram would refuse the markup.
    """
    text, _ = parse_html(html)
    return text.replace("\u00a0", " ")


def formatted(html: str) -> list[tuple[str, str]]:
    """The parts of a text that are formatted, with the kind of each."""
    text, entities = parse_html(html)
    return [(entity["type"], _part(text, entity)) for entity in entities]


def buttons(message: Message) -> list[Button]:
    """The buttons of a message that come back when they are tapped, in their order."""
    return [button for row in message.buttons for button in row if isinstance(button, Button)]


def assert_can_be_sent(reply: Message | Question) -> None:
    """Holds what Telegram's documentation demands of a message against a reply."""
    text = shown(reply.text)
    assert text.strip()
    assert utf16_length(text) <= LONGEST_TEXT
    assert text.encode().decode() == text
    if isinstance(reply, Question):
        assert 1 <= utf16_length(reply.placeholder) <= LONGEST_PLACEHOLDER
        return
    assert sum(map(len, reply.buttons)) <= MOST_BUTTONS
    for row in reply.buttons:
        assert 1 <= len(row) <= MOST_BUTTONS_IN_A_ROW
        assert all(button.text.strip() for button in row)
    for button in buttons(reply):
        assert 1 <= len(button.data.encode()) <= MOST_BUTTON_DATA_BYTES


def assert_can_be_shown_as_a_notice(text: str) -> None:
    """Holds the limits of answerCallbackQuery against a notice."""
    assert text.strip()
    assert utf16_length(text) <= LONGEST_NOTICE


def _part(text: str, entity: dict[str, Any]) -> str:
    units = text.encode("utf-16-le")
    begin, end = entity["offset"], entity["offset"] + entity["length"]
    return units[2 * begin : 2 * end].decode("utf-16-le")
