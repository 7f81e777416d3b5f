"""Phrases that are a command, in either language, and commands with a slash in any script."""

from functools import partial
from typing import Final

import pytest

from bot.features.records import Command
from bot.features.registry import REGISTRY
from bot.understanding import command_words
from bot.understanding.command_words import SpokenCommand, declines
from fridge.catalogue.catalogue import Catalogue

alone = partial(command_words.command_alone, by_word=REGISTRY.by_word)
with_slash = partial(command_words.slash_command, by_word=REGISTRY.by_word)

REFUSALS: Final = ["취소", "취소할게요", "아니, 됐어", "Nothing.", "no thanks", "Never mind!"]


@pytest.mark.parametrize("text", REFUSALS)
def test_a_question_may_be_declined(text: str) -> None:
    assert declines(text)
    assert declines(text.upper())


@pytest.mark.parametrize("text", ["없는 것", "no tears", "네", "cancel milk", ""])
def test_an_answer_is_no_refusal(text: str) -> None:
    assert not declines(text)


def test_a_long_run_of_white_space_is_no_phrase() -> None:
    assert alone("a" + " \n" * 50_000 + "b") is None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("/추가 우유, 계란", SpokenCommand("add", "우유, 계란")),
        ("/추가@fridge_bot 우유", SpokenCommand("add", "우유")),
        ("/추가@Fridge_Bot\n우유", SpokenCommand("add", "우유")),
        ("/추가 우유\n계란", SpokenCommand("add", "우유\n계란")),
        ("／삭제 우유", SpokenCommand("remove", "우유")),
        ("/냉장고", SpokenCommand("fridge", "")),
        ("/냉장고 좀", SpokenCommand("fridge", "좀")),
        ("/목록@fridge_bot", SpokenCommand("fridge", "")),
        ("/추가@other_bot 우유", None),
        ("/우유", None),
        ("추가 우유", None),
        ("/", None),
    ],
)
def test_a_korean_word_with_a_slash_is_a_command(text: str, said: SpokenCommand | None) -> None:
    assert with_slash(text, "fridge_bot") == said
    assert with_slash(text, "Fridge_Bot") == said


@pytest.mark.parametrize("command", REGISTRY.commands, ids=lambda command: command.name)
def test_every_command_has_a_korean_word_and_an_english_one(command: Command) -> None:
    assert any(word.isascii() for word in command.words)
    assert any(not word.isascii() for word in command.words)
    assert {alone(word) for word in command.words} == {command.name}


SAID: Final = {
    "fridge": (
        "뭐 있지, 뭐가 있어, 냉장고에 뭐가 있어, 냉장고 보기, 냉장고 보여줘, 보여줘, 재료, "
        "show, show me, list"
    ),
    "clear": (
        "비우기, 비워줘, 다 비워, 다 비워줘, 다 비웠어, 전부 비워줘, 모두 비워줘, 냉장고 비우기, "
        "냉장고 비워줘, 냉장고 다 비워줘, 냉장고 비웠어, 냉장고 다 비웠어, 모두 삭제, 전부 삭제, "
        "모두 빼줘, 전부 빼줘, 다 지워줘, 모두 지워줘, clear all, clear the fridge, "
        "clear my fridge, empty the fridge, empty my fridge, empty fridge, remove all, "
        "delete all, delete everything"
    ),
    "keep": "유지, 연장, keep",
    "remove": "삭제, 제거, 빼기, take out",
    "export": "내보내기, 내보내줘, 파일로 저장, 파일로 저장해줘, save as a file, send me a file",
    "import": "가져오기",
    "settings": (
        "설정 변경, 설정 바꾸기, 설정 바꿔줘, 알림, 알림 설정, 알림 끄기, 알림 켜기, 알림 켜줘, "
        "시간대, 시간대 바꾸기, 시간대 바꿔줘, change settings, change the settings, time zone, "
        "notifications"
    ),
    "language": (
        "언어, 언어 변경, 언어 바꾸기, 한국어, 한국어로, 한국어로 말해줘, 영어, 영어로 말해줘, "
        "change language, change the language, English, in English, speak English, Korean, "
        "in Korean"
    ),
    "forget": ("잊기, 잊어줘, 다 잊어줘, 모두 잊어줘, 내 정보 삭제, forget me, forget everything"),
    "help": (
        "도움, 도와줘, 사용법, 사용법 알려줘, 명령어, 어떻게 써, 어떻게 써요, 뭘 할 수 있어, "
        "뭐 할 수 있어요, help me, how does this work, how do I use this"
    ),
    "start": "시작",
    "stats": "통계",
    "cleanup": "정리",
}
"""Further phrases, which people have learned by now."""


@pytest.mark.parametrize(("command", "phrases"), SAID.items(), ids=SAID)
def test_a_phrase_that_was_a_command_stays_one(command: str, phrases: str) -> None:
    for phrase in phrases.split(", "):
        assert alone(phrase) == command, phrase
        assert alone(f"{phrase.upper()}!") == command, phrase


def test_no_name_of_an_ingredient_is_taken_for_a_command(catalogue: Catalogue) -> None:
    names = [name for ingredient in catalogue.ingredients for name in ingredient.names]

    assert [name for name in names if alone(name)] == []
