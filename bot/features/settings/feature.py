"""What the two features have: their buttons."""

from typing import Final

from bot.features.records import Feature, on_fixed_tap, on_tap
from bot.features.settings import handlers, language_handlers
from bot.features.settings.buttons import (
    ChooseLanguage,
    SetLanguage,
    SetWarnings,
    SetZone,
    ShowSettings,
    ShowZones,
)

SETTINGS: Final = Feature(
    taps=(
        on_fixed_tap(ShowSettings, handlers.show),
        on_fixed_tap(ShowZones, handlers.zones),
        on_tap(SetLanguage, handlers.choose_language),
        on_tap(SetWarnings, handlers.choose_warnings),
        on_tap(SetZone, handlers.choose_zone),
    ),
)

LANGUAGE: Final = Feature(
    taps=(on_tap(ChooseLanguage, language_handlers.choose_language),),
)
