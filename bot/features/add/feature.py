"""The record of the feature: `/add`, and the buttons with offers."""

from typing import Final

from bot.features.add import handlers, views
from bot.features.add.buttons import Swap
from bot.features.records import Command, Feature, on_tap

ADD: Final = Feature(
    commands=(
        Command(
            "add",
            handlers.add,
            words=("추가", "넣기", "add"),
            menu=lambda language: language.gettext("Put things into the fridge"),
            help_line=lambda language: language.gettext(
                "/add milk, eggs: put things in, several at once with commas or line breaks"
            ),
            takes_files=True,
            question=views.question,
            former_questions=("냉장고에 무엇을 넣을까요? 여러 개는 쉼표로 나눠 적어 주세요.",),
        ),
    ),
    taps=(on_tap(Swap, handlers.swap),),
)
