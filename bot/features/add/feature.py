"""What the feature has: the buttons that offer something."""

from typing import Final

from bot.features.add import handlers
from bot.features.add.buttons import Put, Swap
from bot.features.records import Feature, on_tap

ADD: Final = Feature(
    taps=(on_tap(Put, handlers.put), on_tap(Swap, handlers.swap)),
)
