"""The record of the feature: `/keep`."""

from typing import Final

from bot.features.keep import handlers
from bot.features.records import Command, Feature

KEEP: Final = Feature(
    commands=(
        Command(
            "keep",
            handlers.keep,
            words=("유지", "연장", "keep"),
            menu=lambda language: language.gettext("Keep the fridge for longer"),
            help_line=lambda language: language.gettext("/keep: keep everything for another {ttl}"),
        ),
    ),
)
