"""Commands that a person says in words, in either language."""

from dataclasses import replace
from functools import partial
from time import process_time
from typing import Final

import pytest

from bot.features.records import Command
from bot.features.registry import REGISTRY
from bot.understanding import command_words
from bot.understanding.command_words import SpokenCommand, asks_to_undo, declines, is_small_talk
from fridge.catalogue.catalogue import Catalogue

LONGEST_MESSAGE: Final = 4096

in_words = partial(command_words.plain_words_command, by_word=REGISTRY.by_word)
with_slash = partial(command_words.slash_command, by_word=REGISTRY.by_word)


COMMANDS: Final = [
    ("추가 우유", "add", "우유"),
    ("우유 추가", "add", "우유"),
    ("우유, 계란 넣어줘", "add", "우유, 계란"),
    ("계란을, 우유를 넣어 주세요.", "add", "계란, 우유"),
    ("우유\n계란\n\n추가", "add", "우유\n계란"),
    ("add milk\neggs", "add", "milk\neggs"),
    ("put milk\neggs in the fridge", "add", "milk\neggs"),
    ("추가: 우유", "add", "우유"),
    ("삭제 우유", "remove", "우유"),
    ("우유 빼줘!", "remove", "우유"),
    ("우유 좀 빼 주세요", "remove", "우유"),
    ("add milk, eggs", "add", "milk, eggs"),
    ("Put in milk", "add", "milk"),
    ("remove milk", "remove", "milk"),
    ("Take out  milk", "remove", "milk"),
    ("delete milk", "remove", "milk"),
    ("please add milk", "add", "milk"),
    ("add some butter, please!", "add", "some butter"),
    ("Could you add milk to the fridge?", "add", "milk"),
    ("우유하고 계란 2개를 넣어줘", "add", "우유하고 계란 2개"),
    ("냉장고에서 우유를 빼줘", "remove", "우유"),
    ("추가", "add", ""),
    ("Remove", "remove", ""),
    ("냉장고", "fridge", ""),
    ("냉장고에 뭐 있어?", "fridge", ""),
    ("What's in the fridge?", "fridge", ""),
    ("목록", "fridge", ""),
    ("다 빼줘", "clear", ""),
    ("remove everything", "clear", ""),
    ("다 먹었어요", "remove", ""),
    ("다 썼어", "remove", ""),
    ("다 떨어졌어", "remove", ""),
    ("샀어", "add", ""),
    ("bought", "add", ""),
    ("전체삭제", "clear", ""),
    ("설정", "settings", ""),
    ("도움말", "help", ""),
    ("우유 지워줘", "remove", "우유"),
    ("우유 꺼내 줘", "remove", "우유"),
    ("상한 우유 버려", "remove", "상한 우유"),
    ("throw away the milk", "remove", "the milk"),
    ("take the milk out of the fridge", "remove", "the milk"),
    ("Take the milk out", "remove", "the milk"),
    ("please throw the milk away", "remove", "the milk"),
    ("get rid of the milk", "remove", "the milk"),
    ("put milk, eggs in the fridge", "add", "milk, eggs"),
    ("put the milk back in", "add", "the milk"),
    ("목록 보여줘", "fridge", ""),
    ("냉장고 좀 열어 봐", "fridge", ""),
    ("리스트", "fridge", ""),
    ("show me my fridge", "fridge", ""),
    ("Could you show the list?", "fridge", ""),
    ("list please", "fridge", ""),
    ("what is in my fridge?", "fridge", ""),
    ("What do I have?", "fridge", ""),
    ("what have we got in the fridge", "fridge", ""),
    ("what's left?", "fridge", ""),
    ("clear everything", "clear", ""),
    ("전부 지워줘", "clear", ""),
    ("뭐 할 수 있어?", "help", ""),
    ("What can you do?", "help", ""),
    ("도와주세요", "help", ""),
    ("언어 바꿔줘", "language", ""),
    ("speak Korean", "language", ""),
    ("영어로", "language", ""),
    ("알림 꺼줘", "settings", ""),
    ("settings, please", "settings", ""),
    ("내 정보 지워줘", "forget", ""),
    ("delete my data", "forget", ""),
    ("파일로 보내줘", "export", ""),
]


@pytest.mark.parametrize(("text", "command", "names"), COMMANDS)
def test_a_command_is_found_in_words(text: str, command: str, names: str) -> None:
    assert in_words(text) == SpokenCommand(command, names)


REPORTS: Final = [
    ("우유 샀어요", "add", "우유"),
    ("오늘 우유를 샀어요", "add", "우유"),
    ("우유 사 왔어", "add", "우유"),
    ("쿼크 넣었습니다", "add", "쿼크"),
    ("bought milk and eggs", "add", "milk and eggs"),
    ("I bought butter", "add", "butter"),
    ("we've just got quark", "add", "quark"),
    ("우유 다 먹었어", "remove", "우유"),
    ("우유 없어요", "remove", "우유"),
    ("우유 다 떨어졌어", "remove", "우유"),
    ("I finished the milk", "remove", "the milk"),
    ("ate the eggs", "remove", "the eggs"),
    ("We’re out of milk", "remove", "milk"),
    ("we ran out of milk", "remove", "milk"),
    ("there's no more milk", "remove", "milk"),
    ("I ate everything", "remove", ""),
    ("전부 먹었어", "remove", ""),
    ("우유 버렸어요", "remove", "우유"),
    ("우유를 꺼냈어", "remove", "우유"),
    ("we threw the milk away", "remove", "the milk"),
    ("the milk is gone", "remove", "the milk"),
    ("eggs are all gone", "remove", "eggs"),
    ("used the last egg", "remove", "egg"),
    ("picked up milk, eggs", "add", "milk, eggs"),
]


@pytest.mark.parametrize(("text", "command", "names"), REPORTS)
def test_what_somebody_tells_is_a_report_and_no_order(text: str, command: str, names: str) -> None:
    assert in_words(text) == SpokenCommand(command, names, is_report=True)


QUESTIONS: Final = [
    "우유 있어?",
    "냉장고에 우유 있나요",
    "우유 남았어?",
    "우유 없어?",
    "우유 샀어?",
    "do we have milk?",
    "is there any milk",
    "are there eggs in the fridge?",
    "how many eggs do I have?",
    "any milk left?",
    "계란 몇 개 남았지?",
    "is the milk gone?",
]


@pytest.mark.parametrize("text", QUESTIONS)
def test_a_question_about_what_is_there_is_one_for_the_list(text: str) -> None:
    assert in_words(text) == SpokenCommand("fridge", "")


PLEASANTRIES: Final = [
    *(
        "고마워요!",
        "감사합니다",
        "ㅎㅇ",
        "ㅇㅋ",
        "하이",
        "넵",
        "감사합니다 ^^",
        "ㅋㅋㅋ",
        "굿모닝",
        "안녕하세요 ㅎㅎ",
    ),
    *(
        "Thank you.",
        "hello",
        "네",
        "OK",
        "Hi there!",
        "thx 😊",
        "👍👍",
        "good morning",
        "lol",
        "bye",
    ),
    *("How are you?", "thanks a lot", "ok thanks", "❤️", "🙏🏽"),
]


@pytest.mark.parametrize("text", PLEASANTRIES)
def test_pleasantries_are_small_talk(text: str) -> None:
    assert is_small_talk(text)
    assert in_words(text) is None


WISHES_TO_UNDO: Final = ["undo", "되돌려줘", "취소", "undo that, please", "방금 거 취소"]


@pytest.mark.parametrize("text", WISHES_TO_UNDO)
def test_a_wish_to_undo_is_seen(text: str) -> None:
    assert asks_to_undo(text)
    assert in_words(text) is None


REFUSALS: Final = ["취소", "취소할게요", "아니, 됐어", "Nothing.", "no thanks", "Never mind!"]


@pytest.mark.parametrize("text", REFUSALS)
def test_a_question_may_be_declined(text: str) -> None:
    assert declines(text)


@pytest.mark.parametrize(
    "text",
    [
        text
        for text in (
            *(text for text, *_ in (*COMMANDS, *REPORTS)),
            *(*QUESTIONS, *PLEASANTRIES, *WISHES_TO_UNDO, *REFUSALS),
        )
        if text.upper() != text
    ],
)
def test_capital_letters_change_nothing(text: str) -> None:
    said = in_words(text)

    assert in_words(text.upper()) == (said and replace(said, text=said.text.upper()))
    assert is_small_talk(text.upper()) == is_small_talk(text)
    assert asks_to_undo(text.upper()) == asks_to_undo(text)
    assert declines(text.upper()) == declines(text)


@pytest.mark.parametrize(
    "everything", ["다", "모두", "전부", "All", "It", "It all", "Them", "Everything"]
)
def test_everything_without_saying_of_what_names_nothing(everything: str) -> None:
    for text in (f"Throw out {everything}", f"Take {everything} out", f"We ate {everything}"):
        assert in_words(text) == SpokenCommand("remove", "", is_report="ate" in text)
    assert in_words(f"{everything} 넣어줘") == SpokenCommand("add", "")


@pytest.mark.parametrize("text", ["없는 것", "no tears", "네", "cancel milk", ""])
def test_an_answer_is_no_refusal(text: str) -> None:
    assert not declines(text)


@pytest.mark.parametrize("text", ["hello kitty cake", "thanks for the milk", "네이블", "undo milk"])
def test_pleasantries_with_something_else_are_not_small_talk(text: str) -> None:
    assert not is_small_talk(text)
    assert not asks_to_undo(text)


@pytest.mark.parametrize(
    "text",
    [
        "우유",
        "got milk",
        "added sugar",
        "no tears",
        "재미있어 보이는 과자",
        "fridge magnets",
        "냉장고 청소",
        "keep calm",
        "show stopper cake",
        "what a cake",
        "any old thing",
        "English muffins",
        "🥛",
        "take away pizza",
        "ㅋ 과자",
        "list of things",
        "additives",
        "추가금",
        "마을",
        "",
        "?!",
    ],
)
def test_other_words_are_no_command(text: str) -> None:
    assert in_words(text) is None


def test_what_only_looks_like_a_particle_stays_part_of_the_name() -> None:
    assert in_words("마을 추가") == SpokenCommand("add", "마을")  # 을 follows a consonant only
    assert in_words("물를 추가") == SpokenCommand("add", "물를")  # and 를 a vowel


def test_a_long_run_of_white_space_takes_no_time() -> None:
    assert in_words("a" + " \n" * 50_000 + "b") is None


@pytest.mark.parametrize(
    "piece",
    ["오늘 ", "a 좀 ", "다 ", "우유를, ", "please ", "in the fridge ", " 없", "is there ", "x"],
)
def test_no_text_takes_long_to_be_read(piece: str) -> None:
    text = (piece * LONGEST_MESSAGE)[:LONGEST_MESSAGE]
    begun = process_time()

    in_words(text)
    is_small_talk(text)

    assert process_time() - begun < 0.2


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
    assert {in_words(word) for word in command.words} == {SpokenCommand(command.name, "")}
    for name in command.names:
        assert in_words(name) == SpokenCommand(command.name, "") or is_small_talk(name)


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
        assert in_words(phrase) == SpokenCommand(command, ""), phrase


def test_no_name_of_an_ingredient_is_taken_for_a_command(catalogue: Catalogue) -> None:
    names = [name for ingredient in catalogue.ingredients for name in ingredient.names]

    assert [name for name in names if in_words(name)] == []
    assert [name for name in names if is_small_talk(name) or asks_to_undo(name)] == []
