"""Reads the files that handlers need, at the start; they stay in memory.

A process at its limit of open files can neither open a file nor import a module. People's messages
are then still answered.
"""

import codecs

from babel import Locale

from bot.features.common import encodings
from bot.features.settings.time_zones import TIME_ZONES
from bot.locale.language import Language
from fridge.times import zone_named


def load() -> None:
    """Load the codecs, the texts and locales of the languages, and the time zones."""
    for name in encodings.ALL:
        codecs.lookup(name)
    for language in Language:
        language.gettext("")
        # Babel reads the file of a locale, and its table of locales, at the first access.
        _ = Locale.parse(language.value).time_zones
    for zone in TIME_ZONES:
        zone_named(zone)
