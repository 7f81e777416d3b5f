"""The record of the feature: the buttons below questions about what a text meant."""

from typing import Final

from bot.features.add.buttons import Put
from bot.features.deeds import handlers
from bot.features.deeds.buttons import Stay, TakeOut, TakeOutAllBut
from bot.features.records import Feature, on_fixed_tap, on_tap

DEEDS: Final = Feature(
    taps=(
        on_tap(Put, handlers.put),
        on_tap(TakeOut, handlers.take),
        on_tap(TakeOutAllBut, handlers.take_all_but),
        on_fixed_tap(Stay, handlers.stay),
    ),
)
