"""Saying it without commands: names, commands in words, and what was probably meant."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.chat import Person
from tests.browser.conftest import OpenChat
from tests.browser.languages import in_both_languages

pytestmark = [pytest.mark.slow, pytest.mark.walk, pytest.mark.xdist_group("browser")]


@in_both_languages(
    "names known new offer put_in greeting no_food undo undone",
    (
        "우유, 계란\nquark",
        r"넣었어요: .*우유, .*계란\s+지금 냉장고에 재료가 2가지 있어요.",
        "제가 처음 보는 이름이에요: quark. 넣을까요?",
        "“quark” 넣기",
        "넣었어요: quark",
        "안녕하세요",
        "냉장고",
        "되돌리기: quark",
        r"다시 뺐어요: quark\s+지금 냉장고에 재료가 2가지 있어요.",
    ),
    (
        "milk, eggs\nquark",
        r"Added: .*milk, .*egg\s+2 items in the fridge now.",
        "New to me: quark. Put it in?",
        "Add “quark”",
        "Added: quark",
        "hello",
        "I am here for your fridge.",
        "Undo: quark",
        r"Out again: quark\s+2 items in the fridge now.",
    ),
)
def test_names_are_enough_and_what_is_new_is_offered_first(
    open_chat: OpenChat,
    person: Person,
    *,
    names: str,
    known: str,
    new: str,
    offer: str,
    put_in: str,
    greeting: str,
    no_food: str,
    undo: str,
    undone: str,
) -> None:
    chat = open_chat(person, empty=True)
    reply = chat.say(names)
    expect(reply).to_contain_text(re.compile(known))
    expect(reply).to_contain_text(new)
    chat.tap(reply, offer)
    expect(reply).to_contain_text(put_in)
    expect(chat.say(greeting)).to_contain_text(no_food)
    chat.tap(reply, undo)
    expect(reply).to_contain_text(re.compile(undone))


@in_both_languages(
    "conversation",
    (
        (
            ("추가 우유, 두부", "재료가 2가지"),
            ("계란 넣어줘", "재료가 3가지"),
            ("냉장고 보여줘", "냉장고에 재료가 3가지 있어요"),
            ("우유 지워줘", "뺐어요"),
            ("두부 다 먹었어", "재료가 1가지"),
            ("/추가 김치", "재료가 2가지"),
            ("/냉장고", "냉장고에 재료가 2가지 있어요"),
            ("/삭제 김치", "뺐어요"),
            ("냉장고 비워줘", "냉장고를 비울까요?"),
            ("우유 계란", "제가 처음 보는 이름이에요: 우유 계란. 넣을까요?"),
            ("고마워요 ㅎㅎ", "별말씀을요."),
            ("알림 꺼줘", "시간대"),
            ("도움말", "이렇게 쓸 수 있어요"),
        ),
    ),
    (
        (
            ("add milk, tofu", "2 items"),
            ("put in eggs", "3 items"),
            ("show the fridge", "In the fridge: 3 items"),
            ("What's in the fridge?", "There is: 🥛 milk, 🥢 tofu, 🥚 egg"),
            ("take the milk out", "Taken out"),
            ("used up tofu", "1 item in"),
            ("fridge", "In the fridge: 1 item"),
            ("take out eggs", "The fridge is empty now."),
            ("milk eggs", "New to me: milk eggs. Put it in?"),
            ("thanks a lot 😊", "You're welcome!"),
            ("settings, please", "Time zone"),
            ("help", "What I can do"),
        ),
    ),
)
def test_commands_are_understood_in_the_persons_own_words(
    open_chat: OpenChat, person: Person, *, conversation: tuple[tuple[str, str], ...]
) -> None:
    chat = open_chat(person, empty=True)
    for said, answered in conversation:
        expect(chat.say(said)).to_contain_text(answered)


@in_both_languages(
    "slip taken likely changed other_slip absent take_out out put_in as_typed",
    (
        *("게란", "넣었어요: 게란", "혹시 🥚 계란인가요?", r"바꿨어요: 게란 → .*계란"),
        *("계랸", "냉장고에 없어요: 계랸", "계란 빼기", r"뺐어요: .*계란", "🥚 계란 넣기"),
        "“게란” 넣기",
    ),
    (
        *("tomatto", "Added: tomatto", "Did you mean 🍅 tomato?", "Changed: tomatto → .*tomato"),
        *("tomaato", "Not in the fridge: tomaato", "Take out 🍅 tomato", "Taken out: .*tomato"),
        *("Add 🍅 tomato", "Add “tomatto”"),
    ),
)
def test_a_slip_of_the_finger_is_taken_as_typed_and_one_button_corrects_it(
    open_chat: OpenChat,
    person: Person,
    *,
    slip: str,
    taken: str,
    likely: str,
    changed: str,
    other_slip: str,
    absent: str,
    take_out: str,
    out: str,
    put_in: str,
    as_typed: str,
) -> None:
    chat = open_chat(person, empty=True)
    added = chat.say(f"/add {slip}")
    expect(added).to_contain_text(taken)
    chat.tap(added, likely)
    expect(added).to_contain_text(re.compile(changed))

    removed = chat.say(f"/remove {other_slip}")
    expect(removed).to_contain_text(absent)
    chat.tap(removed, take_out)
    expect(removed).to_contain_text(re.compile(out))

    offered = chat.say(slip)
    expect(chat.button(offered, put_in)).to_be_visible()
    chat.tap(offered, as_typed)
    expect(offered).to_contain_text(taken)
