"""The record of the feature: `/clear`, and the buttons of its question."""

from typing import Final

from bot.features.clear import handlers
from bot.features.clear.buttons import CancelClear, ConfirmClear
from bot.features.records import Command, Feature, on_fixed_tap, on_tap

CLEAR: Final = Feature(
    commands=(
        Command(
            "clear",
            handlers.clear,
            words=(
                *("비우기", "비워줘", "다 비워", "다 비워줘", "다 비웠어"),
                *("전부 비워줘", "모두 비워줘"),
                *("냉장고 비우기", "냉장고 비워줘", "냉장고 다 비워줘"),
                *("냉장고 비웠어", "냉장고 다 비웠어"),
                *("전체 삭제", "모두 삭제", "전부 삭제", "다 빼줘", "모두 빼줘", "전부 빼줘"),
                *("다 지워줘", "모두 지워줘", "전부 지워줘"),
                *("clear", "clear all", "clear everything", "clear the fridge", "clear my fridge"),
                *("empty the fridge", "empty my fridge", "empty fridge"),
                *("remove all", "remove everything", "delete all", "delete everything"),
            ),
            menu=lambda language: language.gettext("Empty the fridge"),
            help_line=lambda language: language.gettext("/clear: empty the fridge"),
        ),
    ),
    taps=(
        on_tap(ConfirmClear, handlers.confirm_clear),
        on_fixed_tap(CancelClear, handlers.cancel_clear),
    ),
)
