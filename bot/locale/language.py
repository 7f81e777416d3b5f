"""The two languages: texts from the catalogues, numbers, and lengths of time."""

from datetime import timedelta
from enum import StrEnum
from functools import cache, lru_cache
from gettext import GNUTranslations, NullTranslations
from importlib.resources import files
from io import BytesIO
from math import floor
from typing import Final

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal

DAY: Final = timedelta(days=1)
HOUR: Final = timedelta(hours=1)
MINUTE: Final = timedelta(minutes=1)
SECOND: Final = timedelta(seconds=1)
UNITS: Final = (DAY, HOUR, MINUTE)
"""The units above a second, from the largest on."""

FEW_MINUTES: Final = 10
"""From so many minutes on, an approximate length of time is in steps of five minutes."""

REMEMBERED_NUMBERS: Final = 1024
"""Most numbers count the things in a fridge."""


class Language(StrEnum):
    """A language that the bot speaks. English texts are the message ids of the catalogue."""

    ENGLISH = "en"
    KOREAN = "ko"

    @classmethod
    def of_person(cls, language_code: str | None) -> "Language":
        """Return the language for the tag (IETF) of a person's Telegram: Korean for `ko*`."""
        return cls.KOREAN if (language_code or "").lower().startswith("ko") else cls.ENGLISH

    def gettext(self, message: str) -> str:
        """Return the message in this language."""
        return _translations(self).gettext(message)

    def ngettext(self, singular: str, plural: str, count: int) -> str:
        """Return the message in this language, in the grammatical number for the count."""
        return _translations(self).ngettext(singular, plural, count)

    def number(self, value: float) -> str:
        """Return a number with its thousands separated."""
        return _number(value, self.value)

    def duration(self, duration: timedelta) -> str:
        """Return a length of time in one unit: the largest of which there are at least two.

        The number is rounded down, so that the bot does not promise too much. Up to a twentieth of
        the unit is rounded up: a second less than 24 hours is still 24 hours.
        """
        unit = next((unit for unit in UNITS if _count(duration, unit) > 1), SECOND)
        return self._counted(_count(duration, unit), unit)

    def approximate_duration(self, duration: timedelta) -> str:
        """Return a length of time as people say it after "about": 115 minutes are 2 hours.

        The number is rounded. The unit is the largest of which there are at least 1.75.
        """
        unit = next((unit for unit in UNITS if duration >= 1.75 * unit), SECOND)
        count = round(duration / unit)
        if unit == MINUTE and count >= FEW_MINUTES:
            count = 5 * round(count / 5)
        return self._counted(count, unit)

    def _counted(self, count: int, unit: timedelta) -> str:
        if unit == DAY:
            return self.ngettext("{count} day", "{count} days", count).format(count=count)
        if unit == HOUR:
            return self.ngettext("{count} hour", "{count} hours", count).format(count=count)
        if unit == MINUTE:
            return self.ngettext("{count} minute", "{count} minutes", count).format(count=count)
        return self.ngettext("{count} second", "{count} seconds", count).format(count=count)


@lru_cache(maxsize=REMEMBERED_NUMBERS)
def _number(value: float, locale: str) -> str:
    return format_decimal(value, locale=locale)


def _count(duration: timedelta, unit: timedelta) -> int:
    return floor(duration / unit + 0.05)


@cache
def _translations(language: Language) -> NullTranslations:
    if language is Language.ENGLISH:
        return NullTranslations()
    with files("bot").joinpath("locale", language, "LC_MESSAGES", "bot.po").open("rb") as source:
        catalog = read_po(source, locale=language.value)
    compiled = BytesIO()
    write_mo(compiled, catalog)
    compiled.seek(0)
    return GNUTranslations(compiled)
