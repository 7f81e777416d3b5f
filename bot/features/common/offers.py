"""Buttons that offer something for one name each, or undo it, below what is said about several."""

from collections.abc import Sequence
from typing import Final

from bot.conversation.replies import Button, Buttons, Message
from bot.features.undo.buttons import Undo
from bot.features.undo.views import earlier_undo_button
from bot.locale.language import Language

MOST_OFFERS: Final = 5
"""More names with buttons below one message would be a heap."""


def with_other_offers(
    message: Message, offers: Sequence[Sequence[Button]], tapped: str, language: Language
) -> Message:
    """What a button came to, above the offers and the Undo that stood in the other rows.

    Args:
        message: what it came to.
        offers: the rows of such buttons in the message that was tapped.
        tapped: the data of the button.
        language: to say it in.
    """
    others: Buttons = [
        [_kept(button, language) for button in row]
        for row in offers
        if all(button.data != tapped for button in row)
    ]
    return Message(message.text, [*message.buttons, *others])


def _kept(button: Button, language: Language) -> Button:
    return earlier_undo_button(button, language) if button.data.startswith(Undo.PREFIX) else button
