"""The buttons of `/settings` and `/language`."""

import re
from dataclasses import dataclass
from typing import Self

from bot.conversation.buttons import ButtonData, FixedButtonData
from bot.features.settings.time_zones import TIME_ZONES
from bot.locale.language import Language


@dataclass(frozen=True, slots=True)
class _LanguageButtonData(ButtonData):
    """Carries a language."""

    REST = re.compile("|".join(Language))

    language: Language

    def _write(self) -> str:
        return self.language

    @classmethod
    def _parse(cls, rest: re.Match[str]) -> Self:
        return cls(Language(rest[0]))


@dataclass(frozen=True, slots=True)
class ChooseLanguage(_LanguageButtonData):
    """Answers the question of `/language`."""

    PREFIX = "language:"


@dataclass(frozen=True, slots=True)
class ShowSettings(FixedButtonData):
    """Goes back to the settings."""

    PREFIX = "set:show"


@dataclass(frozen=True, slots=True)
class ShowZones(FixedButtonData):
    """Asks for the time zone."""

    PREFIX = "set:zones"


@dataclass(frozen=True, slots=True)
class SetLanguage(_LanguageButtonData):
    """Chooses the language in the settings."""

    PREFIX = "set:language:"


@dataclass(frozen=True, slots=True)
class SetWarnings(ButtonData):
    """Turns the warning before a fridge empties itself on or off."""

    PREFIX = "set:warnings:"
    REST = re.compile("on|off")

    on: bool

    def _write(self) -> str:
        return "on" if self.on else "off"

    @classmethod
    def _parse(cls, rest: re.Match[str]) -> Self:
        return cls(on=rest[0] == "on")


@dataclass(frozen=True, slots=True)
class SetZone(ButtonData):
    """Chooses the time zone, by the name of one of `TIME_ZONES`."""

    PREFIX = "zone:"
    REST = re.compile("|".join(map(re.escape, TIME_ZONES)))

    zone: str

    def _write(self) -> str:
        return self.zone

    @classmethod
    def _parse(cls, rest: re.Match[str]) -> Self:
        return cls(rest[0])
