"""The time zones from which a chat can choose."""

from typing import Final

from bot.conversation.requests import Request
from bot.features.common.days import default_zone
from bot.features.services import reply_language
from db.chats.settings import ChosenSettings

TIME_ZONES: Final[tuple[str, ...]] = (
    "Pacific/Honolulu",
    "America/Los_Angeles",
    "America/Denver",
    "America/Chicago",
    "America/New_York",
    "America/Halifax",
    "America/Sao_Paulo",
    "UTC",
    "Europe/London",
    "Europe/Paris",
    "Europe/Athens",
    "Africa/Johannesburg",
    "Europe/Istanbul",
    "Asia/Dubai",
    "Asia/Karachi",
    "Asia/Kolkata",
    "Asia/Dhaka",
    "Asia/Bangkok",
    "Asia/Shanghai",
    "Asia/Singapore",
    "Asia/Seoul",
    "Asia/Tokyo",
    "Australia/Sydney",
    "Pacific/Auckland",
)
"""A city for each time of day at which many people live, from west to east."""


def time_zone(chosen: ChosenSettings, request: Request) -> str:
    """Return the time zone of a chat: the chosen one, or the one for its language."""
    language = reply_language(chosen.language or chosen.session_language, request)
    return chosen.time_zone or default_zone(language)
