"""What a person says to the bot in private, and what the page then shows."""

import re

import pytest
from playwright.sync_api import expect

from bot.features.registry import REGISTRY
from tests.browser.chat import SORA, Person
from tests.browser.conftest import OpenChat
from tests.browser.languages import in_both_languages

pytestmark = [pytest.mark.slow, pytest.mark.walk, pytest.mark.xdist_group("browser")]

EVERYBODYS_COMMANDS = [entry.command for entry in REGISTRY.menu if not entry.for_admins]


@in_both_languages(
    "answer heading by_date milk egg tofu",
    (
        r"넣었어요: .*우유, .*계란, .*두부",
        "냉장고에 재료가 3가지 있어요",
        *(r"우유 ~.*두부 ~.*계란 ~", "🥛 우유", "🥚 계란", "🥢 두부"),
    ),
    (
        r"Added: .*milk, .*egg, .*tofu",
        "In the fridge: 3 items",
        *(r"milk until ~.*tofu until ~.*egg until ~", "🥛 milk", "🥚 egg", "🥢 tofu"),
    ),
)
def test_what_is_added_in_either_language_is_listed_in_the_persons_own(
    open_chat: OpenChat,
    person: Person,
    *,
    answer: str,
    heading: str,
    by_date: str,
    milk: str,
    egg: str,
    tofu: str,
) -> None:
    chat = open_chat(person, empty=True)
    expect(chat.say("/add 우유, 계란, tofu")).to_contain_text(re.compile(answer))
    fridge = chat.say("/fridge")
    expect(fridge).to_contain_text(heading)
    expect(fridge).to_contain_text(re.compile(by_date, re.DOTALL))
    assert chat.buttons(fridge).all_inner_texts()[:3] == [milk, egg, tofu], "by category"


@in_both_languages(
    "answer name",
    (r"뺐어요: .*우유", "우유"),
    (r"Taken out: .*milk", "milk"),
)
def test_a_name_in_the_other_language_finds_the_same_thing(
    person: Person, answer: str, name: str, open_chat: OpenChat
) -> None:
    chat = open_chat(person, empty=True)
    chat.say("/add 우유, tofu")
    expect(chat.say("/fridge")).to_contain_text(name)
    expect(chat.say("/remove milk")).to_contain_text(re.compile(answer))
    expect(chat.say("/fridge")).not_to_contain_text(name)


@in_both_languages(
    "question hint things answer",
    ("무엇을 넣을까요?", "우유, 계란, 두부", "김치, 대파", r"넣었어요: .*김치, .*대파"),
    ("What shall I put in", "milk, eggs, tofu", "kimchi, 양파", r"Added: .*kimchi, .*onion"),
)
def test_add_alone_asks_and_takes_the_answer(
    open_chat: OpenChat, person: Person, *, question: str, hint: str, things: str, answer: str
) -> None:
    chat = open_chat(person, empty=True)
    expect(chat.say("/add")).to_contain_text(question)
    expect(chat.force_reply).to_contain_text(question)
    expect(chat.composer).to_have_attribute("placeholder", hint)
    expect(chat.composer).to_be_focused()
    expect(chat.say(things)).to_contain_text(re.compile(answer))
    expect(chat.force_reply).to_be_hidden()


@in_both_languages(
    "question clear cancel cancelled cleared empty",
    (
        "냉장고를 비울까요?",
        "비우기",
        "취소",
        "그대로 둘게요.",
        "재료 2가지를 뺐어요",
        "비어 있어요",
    ),
    ("Empty the fridge?", "Empty it", "Cancel", "Everything stays", "2 items are out", "is empty"),
)
def test_clear_asks_first_and_does_what_the_tapped_button_says(
    open_chat: OpenChat,
    person: Person,
    *,
    question: str,
    clear: str,
    cancel: str,
    cancelled: str,
    cleared: str,
    empty: str,
) -> None:
    chat = open_chat(person, empty=True)
    chat.say("/add milk, 두부")
    for button, outcome in ((cancel, cancelled), (clear, cleared)):
        reply = chat.say("/clear")
        expect(reply).to_contain_text(question)
        chat.tap(reply, button)
        expect(reply).to_contain_text(outcome)
        for answered in (clear, cancel):
            expect(chat.button(reply, answered)).to_have_count(0)
    expect(chat.say("/fridge")).to_contain_text(empty)


@in_both_languages(
    "other chosen changed own back",
    ("English", "I'll speak English here.", "I don't know", "한국어", "한국어로 말할게요"),
    ("한국어", "한국어로 말할게요", "모르는 명령어예요", "English", "I'll speak English here."),
)
def test_the_chats_language_is_changed_with_a_tap_and_back(
    open_chat: OpenChat,
    person: Person,
    *,
    other: str,
    chosen: str,
    changed: str,
    own: str,
    back: str,
) -> None:
    chat = open_chat(person)
    question = chat.say("/language")
    chat.tap(question, other)
    expect(question).to_contain_text(chosen)
    expect(chat.say("/nonsense")).to_contain_text(changed)
    question = chat.say("/language")
    chat.tap(question, own)
    expect(question).to_contain_text(back)


@in_both_languages(
    "add language",
    ("냉장고에 재료 넣기", "언어 바꾸기"),
    ("Put things into the fridge", "Choose the language"),
)
def test_the_command_menu_is_in_the_persons_language(
    person: Person, add: str, language: str, open_chat: OpenChat
) -> None:
    chat = open_chat(person)
    expect(chat.open_command_menu()).to_contain_text([f"/{name}" for name in EVERYBODYS_COMMANDS])
    expect(chat.command("add")).to_contain_text(add)
    expect(chat.command("language")).to_contain_text(language)
    expect(chat.command("stats")).to_have_count(0)


@pytest.mark.parametrize(
    ("language", "stats", "figures"),
    [
        pytest.param("ko", "통계 보기", r"통계.* UTC\s+사용 중인 세션: [1-9]", id="Korean"),
        pytest.param(
            "en", "Show the statistics", r"Statistics.* UTC\s+Active sessions: [1-9]", id="English"
        ),
    ],
)
def test_the_admin_sees_figures(
    language: str, stats: str, figures: str, open_chat: OpenChat
) -> None:
    chat = open_chat(SORA)
    chat.switch_language(language)
    chat.say("/add 우유")
    chat.open_command_menu()
    expect(chat.command("stats")).to_contain_text(stats)
    replies = chat.replies.count()
    chat.command("stats").click()
    expect(chat.reply(replies)).to_contain_text(re.compile(figures))


@in_both_languages("unknown", ("모르는 명령어예요",), ("I don't know that command",))
def test_a_stranger_gets_the_answer_of_an_unknown_command(
    person: Person, unknown: str, open_chat: OpenChat
) -> None:
    chat = open_chat(person)
    for command in ("/stats", "/cleanup", "/nonsense"):
        expect(chat.say(command)).to_contain_text(unknown)
