"""The record of the feature: `/start`, `/help`, and the buttons of the greeting."""

from collections.abc import Iterable

from bot.features.fridge.handlers import fridge
from bot.features.guide import handlers
from bot.features.guide.buttons import TryAdd, TryFridge, TryHelp
from bot.features.records import Command, Feature, on_fixed_tap


def guide_feature(features: Iterable[Feature]) -> Feature:
    """Return the record of the guide, whose help explains the commands of these features."""
    commands = [command for feature in features for command in feature.commands]
    usage = handlers.help_handler(
        [
            command.help_line
            for command in sorted(commands, key=lambda command: command.about_chat)
            if command.help_line
        ]
    )
    return Feature(
        commands=(
            Command("start", handlers.start, words=("시작", "start"), brings_admin_menu=True),
            Command(
                "help",
                usage,
                words=(
                    *(
                        "도움말",
                        "도움",
                        "도와줘",
                        "도와주세요",
                        "사용법",
                        "사용법 알려줘",
                        "명령어",
                    ),
                    *("어떻게 써", "어떻게 써요"),
                    *("뭐 할 수 있어", "뭘 할 수 있어", "뭐 할 수 있어요"),
                    *("help", "help me", "what can you do"),
                    *("how does this work", "how do I use this"),
                ),
                menu=lambda language: language.gettext("Show what I can do"),
            ),
        ),
        taps=(
            on_fixed_tap(TryAdd, handlers.try_add),
            on_fixed_tap(TryFridge, fridge),
            on_fixed_tap(TryHelp, usage),
        ),
    )
