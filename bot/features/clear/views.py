"""What is said about emptying the fridge."""

from datetime import datetime

from bot.conversation.replies import Button, Message
from bot.features.clear.buttons import CancelClear, ConfirmClear
from bot.features.undo.views import undo_button
from bot.locale.language import Language
from fridge.request_keys import RequestKey


def question(count: int, now: datetime, language: Language) -> Message:
    """Ask before everything goes. The button says until when things were added that it clears."""
    return Message(
        language.ngettext(
            "Empty the fridge? This takes out {count} item.",
            "Empty the fridge? This takes out {count} items.",
            count,
        ).format(count=count),
        (
            (
                Button(language.gettext("Empty it"), ConfirmClear(now).data),
                Button(language.gettext("Cancel"), CancelClear().data),
            ),
        ),
    )


def nothing(language: Language) -> Message:
    """There is nothing to clear."""
    return Message(language.gettext("The fridge is empty already."))


def cleared(key: RequestKey, count: int, language: Language) -> Message:
    """How many items went, with a button to undo that request."""
    return Message(
        language.ngettext(
            "Emptied: {count} item is out.", "Emptied: {count} items are out.", count
        ).format(count=count),
        ((undo_button(key, "clear", language),),),
    )


def cleared_already(language: Language) -> str:
    """The notice that nothing of what was asked about is left, as plain text."""
    return language.gettext("Everything that I asked about is out already.")


def cancelled(language: Language) -> Message:
    """Nothing was cleared."""
    return Message(language.gettext("Everything stays in the fridge."))
