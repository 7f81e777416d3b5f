"""Keeps the offers and the Undo of a message when one of its buttons is tapped."""

from collections.abc import Sequence
from typing import Final

from bot.conversation.replies import Button, Buttons, Message
from bot.features.undo.buttons import Undo
from bot.features.undo.views import earlier_undo_button
from bot.locale.language import Language

MOST_OFFERS: Final = 5
"""How many names get buttons below one message; more would hide the chat."""


def with_other_offers(
    message: Message, offers: Sequence[Sequence[Button]], tapped: str, language: Language
) -> Message:
    """Return the result of a tap, with the other rows of offers and Undo below its own buttons.

    Args:
        message: the result of the tap.
        offers: the rows of the tapped message whose buttons outlive a tap.
        tapped: the data of the tapped button, whose row goes.
        language: of the reply.
    """
    others: Buttons = [
        [_kept(button, language) for button in row]
        for row in offers
        if all(button.data != tapped for button in row)
    ]
    return Message(message.text, [*message.buttons, *others])


def _kept(button: Button, language: Language) -> Button:
    return earlier_undo_button(button, language) if button.data.startswith(Undo.PREFIX) else button
