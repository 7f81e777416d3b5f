"""The warning before a list is forgotten, and the replies to its button."""

from datetime import datetime, timedelta

from bot.conversation.replies import Button, Message
from bot.features.common.lots import new_lot_list
from bot.features.fridge.views import count_line
from bot.features.keep import views as keep
from bot.features.warnings.buttons import KeepWarned
from bot.locale.language import Language
from db.fridges.expiry_warnings import DueWarning, KeptAfterWarning
from fridge.catalogue.catalogue import Catalogue
from fridge.outcomes import Kept


def warning(
    due: DueWarning, now: datetime, ttl: timedelta, catalogue: Catalogue, language: Language
) -> Message:
    """Say when the list is forgotten, and which items are on it."""
    left = due.expires_at - now
    sentence = (
        language.gettext("⏳ I'll forget this list in about {duration}: {names}")
        if left > timedelta()
        else language.gettext("⏳ I'm about to forget this list: {names}")
    )
    text = sentence.format(
        duration=language.approximate_duration(left),
        names=new_lot_list(due.items, catalogue, now.date(), language),
    )
    label = language.gettext("Keep for another {duration}").format(duration=language.duration(ttl))
    return Message(text, ((Button(label, KeepWarned(due.last_accessed).data),),))


def kept(result: KeptAfterWarning, catalogue: Catalogue, language: Language) -> Message | None:
    """Say which items came back, and how long the fridge is kept; None if it can't be kept."""
    if result.expires_at is None:
        return None
    if not result.put_back:
        return keep.kept(
            Kept(result.count, result.at, result.expires_at, result.language), language
        )
    duration = language.duration(result.expires_at - result.at)
    stays = language.gettext("I'll remember this list for another {duration}.").format(
        duration=duration
    )
    lines = [
        language.gettext("Put back: {names}").format(
            names=new_lot_list(result.put_back, catalogue, result.at.date(), language)
        ),
        count_line(result.count, language),
        f"⏳ {stays}",
    ]
    return Message("\n".join(lines))


def too_late_notice(language: Language) -> str:
    """Return the notice that the items of the fridge are not stored any more."""
    return language.gettext("I have forgotten this list, and can't bring it back any more.")
