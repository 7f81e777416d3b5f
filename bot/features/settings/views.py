"""Replies about the settings of a chat."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from babel import Locale

from bot.conversation.replies import Button, Message
from bot.features.settings.buttons import (
    SetLanguage,
    SetWarnings,
    SetZone,
    ShowSettings,
    ShowZones,
)
from bot.features.settings.language_views import OWN_NAMES
from bot.features.settings.time_zones import TIME_ZONES
from bot.locale.language import Language
from fridge.times import zone_named

# Each label is in the language that it brings, for people who read only that one.
_SPEAK: Final = {Language.KOREAN: "🌐 한국어로 말하기", Language.ENGLISH: "🌐 Speak English"}

# Unicode's locale data have old names for these time zones.
_OLD_NAMES: Final = {"Asia/Kolkata": "Asia/Calcutta"}


def settings(time_zone: str, now: datetime, language: Language, *, warns: bool | None) -> Message:
    """Show the settings, each with a button to change it.

    Args:
        time_zone: of the chat.
        now: the present time, which is shown in the time zone.
        language: of the chat.
        warns: whether the chat is warned before its list is forgotten; None where the operator
            has turned the warnings off.
    """
    lines = [
        language.gettext("⚙️ <b>Settings</b>"),
        language.gettext("Language: {language}").format(language=OWN_NAMES[language]),
        language.gettext("Time zone: {city} ({time} now)").format(
            city=_city(time_zone, language), time=_time(time_zone, now)
        ),
    ]
    buttons = [
        *(
            Button(text, SetLanguage(other).data)
            for other, text in _SPEAK.items()
            if other is not language
        ),
        Button(language.gettext("🕒 Change the time zone"), ShowZones().data),
    ]
    if warns is True:
        lines.append(
            language.gettext(
                "I'll warn you before I forget the list, but not between 22:00 and 8:00."
            )
        )
        off = SetWarnings(on=False)
        buttons.append(Button(language.gettext("🔕 Turn the warning off"), off.data))
    elif warns is False:
        lines.append(language.gettext("I won't warn you before I forget the list."))
        on = SetWarnings(on=True)
        buttons.append(Button(language.gettext("🔔 Turn the warning on"), on.data))
    return Message("\n".join(lines), [(button,) for button in buttons])


def zones(chosen: str, now: datetime, language: Language) -> Message:
    """Ask for the city whose time the chat uses; the chosen one is ticked."""
    buttons = [
        Button(
            f"{'✓ ' if zone == chosen else ''}{_city(zone, language)} {_time(zone, now)}",
            SetZone(zone).data,
        )
        for zone in TIME_ZONES
    ]
    return Message(
        language.gettext("Which city's time shall I go by?"),
        [
            *_pairs(buttons),
            (Button(language.gettext("◀ Back to the settings"), ShowSettings().data),),
        ],
    )


def _pairs(buttons: Sequence[Button]) -> Sequence[Sequence[Button]]:
    return [buttons[start : start + 2] for start in range(0, len(buttons), 2)]


def _time(time_zone: str, now: datetime) -> str:
    return format(now.astimezone(zone_named(time_zone)), "%H:%M")


def _city(time_zone: str, language: Language) -> str:
    """Return the name of the city in a language; English names come from the time zone."""
    known = _known_zones(language).get(_OLD_NAMES.get(time_zone, time_zone), {})
    return known.get("city", time_zone.rpartition("/")[2].replace("_", " "))


def _known_zones(language: Language) -> Mapping[str, Mapping[str, str]]:
    return Locale(language.value).time_zones
