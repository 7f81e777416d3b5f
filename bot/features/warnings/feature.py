"""The record of the feature: the button below the warning."""

from typing import Final

from bot.features.records import Feature, on_tap
from bot.features.warnings import handlers
from bot.features.warnings.buttons import KeepWarned

WARNINGS: Final = Feature(taps=(on_tap(KeepWarned, handlers.keep),))
