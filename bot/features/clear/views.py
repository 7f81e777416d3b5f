"""Replies about clearing the fridge."""

from datetime import datetime

from bot.conversation.replies import Button, Message
from bot.features.clear.buttons import CancelClear, ConfirmClear
from bot.features.undo.views import undo_button
from bot.locale.language import Language
from fridge.request_keys import RequestKey, RequestKind


def question(count: int, now: datetime, language: Language) -> Message:
    """Ask before everything is taken out. The button carries the time of the question."""
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
    """Say that the fridge is empty already."""
    return Message(language.gettext("The fridge is empty already."))


def cleared(key: RequestKey, count: int, language: Language) -> Message:
    """Say how many items were taken out, with a button to undo the request."""
    return Message(
        language.ngettext(
            "Emptied: {count} item is out.", "Emptied: {count} items are out.", count
        ).format(count=count),
        ((undo_button(key, RequestKind.CLEAR, language),),),
    )


def already_cleared_notice(language: Language) -> str:
    """Return the notice that none of the items from before the question is left."""
    return language.gettext("Everything that I asked about is out already.")


def cancelled(language: Language) -> Message:
    """Say that everything stays."""
    return Message(language.gettext("Everything stays in the fridge."))
