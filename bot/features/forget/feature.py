"""What the feature has: the buttons of its question."""

from typing import Final

from bot.features.forget import handlers
from bot.features.forget.buttons import CancelForget, ConfirmForget
from bot.features.records import Feature, on_fixed_tap, on_tap

FORGET: Final = Feature(
    taps=(
        on_tap(ConfirmForget, handlers.confirm_forget),
        on_fixed_tap(CancelForget, handlers.cancel_forget),
    ),
)
