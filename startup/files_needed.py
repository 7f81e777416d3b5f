"""The files that handling needs: read at the start, and then remembered.

A process that has as many files open as it may have can neither open another nor import a module.
"""

import codecs

from babel import Locale

from bot.features.common import encodings
from bot.features.settings.time_zones import TIME_ZONES
from bot.locale.language import Language
from fridge.times import zone_named


def load() -> None:
    """Load the codecs, what the languages say and how they write, and the time zones."""
    for name in encodings.ALL:
        codecs.lookup(name)
    for language in Language:
        language.gettext("")
        # Babel reads a locale when something of it is asked for, and its own table of locales.
        _ = Locale.parse(language.value).time_zones
    for zone in TIME_ZONES:
        zone_named(zone)
