"""The record of the feature: `/remove`, and the button that takes a likely item out."""

from typing import Final

from bot.features.records import Command, Feature, on_tap
from bot.features.remove import handlers, views
from bot.features.remove.buttons import TakeLikely

REMOVE: Final = Feature(
    commands=(
        Command(
            "remove",
            handlers.remove,
            words=("삭제", "제거", "빼기", "remove", "take out"),
            menu=lambda language: language.gettext("Take things out of the fridge"),
            help_line=lambda language: language.gettext("/remove milk: take things out"),
            question=views.question,
            former_questions=("냉장고에서 무엇을 뺄까요? 여러 개는 쉼표로 나눠 적어 주세요.",),
        ),
    ),
    taps=(on_tap(TakeLikely, handlers.take_likely),),
)
