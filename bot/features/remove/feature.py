"""What the feature has: the button that takes out what was probably meant."""

from typing import Final

from bot.features.records import Feature, on_tap
from bot.features.remove import handlers
from bot.features.remove.buttons import TakeLikely

REMOVE: Final = Feature(
    taps=(on_tap(TakeLikely, handlers.take_likely),),
)
