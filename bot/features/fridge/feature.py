"""The record of the feature: `/fridge`, also `/list`, and the buttons of the list."""

from typing import Final

from bot.features.fridge import handlers, lot_handlers
from bot.features.fridge.buttons import (
    ChangeLot,
    ChooseDay,
    ChooseFilter,
    OpenLot,
    ShowList,
    Take,
)
from bot.features.records import Command, Feature, on_tap

FRIDGE: Final = Feature(
    commands=(
        Command(
            "fridge",
            handlers.fridge,
            words=(
                *("냉장고", "냉장고 보기", "냉장고 보여줘", "보여줘", "뭐 있어", "뭐 있지"),
                *("뭐가 있어", "냉장고에 뭐 있어", "냉장고에 뭐가 있어"),
                *("목록", "리스트", "재료"),
                *("fridge", "show", "show me", "list"),
            ),
            other_names=("list",),
            menu=lambda language: language.gettext("Show what is in the fridge"),
            help_line=lambda language: language.gettext(
                "/fridge: show what is in; a tap takes it out, and ✏️ changes it "
                "(a date with ~ is my guess)"
            ),
        ),
    ),
    taps=(
        on_tap(ShowList, handlers.show_list),
        on_tap(ChooseFilter, handlers.choose_filter),
        on_tap(Take, handlers.take),
        on_tap(OpenLot, lot_handlers.open_lot),
        on_tap(ChooseDay, lot_handlers.choose_day),
        on_tap(ChangeLot, lot_handlers.change_lot),
    ),
)
