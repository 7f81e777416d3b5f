"""What the feature has: the buttons of the greeting."""

from typing import Final

from bot.features.guide import handlers
from bot.features.guide.buttons import TryAdd, TryFridge, TryHelp
from bot.features.records import Feature, on_fixed_tap

GUIDE: Final = Feature(
    taps=(
        on_fixed_tap(TryAdd, handlers.try_add),
        on_fixed_tap(TryFridge, handlers.try_fridge),
        on_fixed_tap(TryHelp, handlers.try_help),
    ),
)
