"""The record of the feature: `/stats` and `/cleanup`."""

from typing import Final

from bot.features.admin import handlers
from bot.features.records import Command, Feature

ADMIN: Final = Feature(
    commands=(
        Command(
            "stats",
            handlers.stats,
            words=("통계", "stats"),
            menu=lambda language: language.gettext("Show the statistics"),
            for_admins=True,
        ),
        Command(
            "cleanup",
            handlers.cleanup,
            words=("정리", "cleanup"),
            menu=lambda language: language.gettext("Purge expired sessions now"),
            for_admins=True,
        ),
    ),
)
