"""The warning before a fridge empties itself, and the replies to its button."""

from datetime import datetime, timedelta

from bot.conversation.replies import Button, Message
from bot.features.common.names import new_item_list
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
    """Say when the fridge empties itself, and which items are in it."""
    text = language.gettext("⏳ Your fridge empties itself in {duration}: {names}").format(
        duration=language.duration(max(due.expires_at - now, timedelta())),
        names=new_item_list(due.items, catalogue, language),
    )
    label = language.gettext("Keep for {duration}").format(duration=language.duration(ttl))
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
    stays = language.gettext("Stays for another {duration}.").format(duration=duration)
    lines = [
        language.gettext("Put back: {names}").format(
            names=new_item_list(result.put_back, catalogue, language)
        ),
        count_line(result.count, language),
        f"⏳ {stays}",
    ]
    return Message("\n".join(lines))


def too_late_notice(language: Language) -> str:
    """Return the notice that the items of the fridge are not stored any more."""
    return language.gettext("This fridge has emptied itself, and I can't bring it back any more.")
