"""The records of the two features: `/settings` and `/language`, and their buttons."""

from typing import Final

from bot.features.records import Command, Feature, on_fixed_tap, on_tap
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
    commands=(
        Command(
            "settings",
            handlers.settings,
            words=(
                *("설정", "설정 변경", "설정 바꾸기", "설정 바꿔줘"),
                *("알림", "알림 설정", "알림 끄기", "알림 켜기", "알림 꺼줘", "알림 켜줘"),
                *("시간대", "시간대 바꾸기", "시간대 바꿔줘"),
                *("settings", "change settings", "change the settings"),
                *("time zone", "notifications"),
            ),
            menu=lambda language: language.gettext("Choose language, time zone and more"),
            help_line=lambda language: language.gettext("/settings: language, time zone and more"),
            about_chat=True,
        ),
    ),
    taps=(
        on_fixed_tap(ShowSettings, handlers.show),
        on_fixed_tap(ShowZones, handlers.zones),
        on_tap(SetLanguage, handlers.choose_language),
        on_tap(SetWarnings, handlers.choose_warnings),
        on_tap(SetZone, handlers.choose_zone),
    ),
)

LANGUAGE: Final = Feature(
    commands=(
        Command(
            "language",
            language_handlers.language,
            words=(
                *("언어", "언어 변경", "언어 바꾸기", "언어 바꿔줘"),
                *("한국어", "한국어로", "한국어로 말해줘", "영어", "영어로", "영어로 말해줘"),
                *("language", "change language", "change the language"),
                *("English", "in English", "speak English", "Korean", "in Korean", "speak Korean"),
            ),
            menu=lambda language: language.gettext("Choose the language"),
        ),
    ),
    taps=(on_tap(ChooseLanguage, language_handlers.choose_language),),
)
