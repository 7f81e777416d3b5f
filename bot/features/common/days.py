"""Today in the time zone of a chat, and how soon a lot is due."""

from datetime import date, datetime
from typing import Final

from bot.locale.language import Language
from db.fridges.expiry_warnings import KOREAN_ZONE, OTHER_ZONE
from fridge.lots import Lot
from fridge.outcomes import Fridge
from fridge.times import zone_named

SOON: Final = 3
"""A lot is marked from so many days before its date on."""


def zone_of(fridge: Fridge, language: Language) -> str:
    """Return the time zone of a chat: the chosen one, or the one for its language."""
    return fridge.time_zone or default_zone(language)


def default_zone(language: Language) -> str:
    """Return the time zone of a chat that chose none, as its warnings have it."""
    return KOREAN_ZONE if language is Language.KOREAN else OTHER_ZONE


def today_in(fridge: Fridge, now: datetime, language: Language) -> date:
    """Return the day that it is in the chat."""
    return now.astimezone(zone_named(zone_of(fridge, language))).date()


def due_mark(lot: Lot, today: date) -> str:
    """Return a mark for a lot that is past its date, or nearly so; empty for others."""
    if lot.best_before is None:
        return ""
    days = (lot.best_before - today).days
    return "❗" if days < 0 else "⏰" if days <= SOON else ""
