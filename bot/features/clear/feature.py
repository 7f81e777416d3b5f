"""What the feature has: the buttons of its question."""

from typing import Final

from bot.features.clear import handlers
from bot.features.clear.buttons import CancelClear, ConfirmClear
from bot.features.records import Feature, on_fixed_tap, on_tap

CLEAR: Final = Feature(
    taps=(
        on_tap(ConfirmClear, handlers.confirm_clear),
        on_fixed_tap(CancelClear, handlers.cancel_clear),
    ),
)
