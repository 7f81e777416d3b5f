"""What the feature has: the buttons below an offered list."""

from typing import Final

from bot.features.files import import_handlers
from bot.features.files.buttons import DeclineList, PutInList
from bot.features.records import Feature, on_tap

FILES: Final = Feature(
    taps=(
        on_tap(PutInList, import_handlers.put_in),
        on_tap(DeclineList, import_handlers.cancel),
    ),
)
