"""What the feature has: the buttons of the list."""

from typing import Final

from bot.features.fridge import handlers
from bot.features.fridge.buttons import ChooseCategory, ShowPlace, Take
from bot.features.records import Feature, on_tap

FRIDGE: Final = Feature(
    taps=(
        on_tap(ShowPlace, handlers.show_place),
        on_tap(ChooseCategory, handlers.choose_category),
        on_tap(Take, handlers.take),
    ),
)
