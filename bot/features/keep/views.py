"""Replies about keeping a fridge."""

from bot.conversation.replies import Message
from bot.locale.language import Language
from fridge.outcomes import Kept


def kept(result: Kept, language: Language) -> Message:
    """Say how long the fridge is kept, or that there is no fridge."""
    if result.expires_at is None:
        return Message(
            language.gettext("There is nothing to keep yet. Put something in: /add milk, eggs")
        )
    return Message(
        language.ngettext(
            "Kept for another {duration}, with {count} item.",
            "Kept for another {duration}, with {count} items.",
            result.count,
        ).format(duration=language.duration(result.expires_at - result.at), count=result.count)
    )
