"""The list's ✏️ mode on a phone: a thing is opened, changed, and brought back."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.chat import PHONE, Person
from tests.browser.conftest import OpenChat
from tests.browser.languages import in_both_languages

pytestmark = [pytest.mark.slow, pytest.mark.walk, pytest.mark.xdist_group("browser")]


@in_both_languages(
    "add change egg less half set_date later undo freeze freezer to_list done gone out",
    (
        *("/add 계란 10개, 두부", "고치기", "계란 10개", r"계란\s10개 → 9개", r"9개 → 4.5개"),
        *("날짜 정하기", "더 나중", "되돌리기", "냉동하기", "보관: 냉동실", "목록으로"),
        *("다 고쳤어요", "다 떨어졌어요", r"뺐어요: .*계란"),
    ),
    (
        *("/add 10 eggs, tofu", "Change", "egg ×10", r"egg ×10 → ×9", r"×9 → ×4.5"),
        *("Set the date", "Later", "Undo", "Freeze", "Place: Freezer", "To the list"),
        *("Done", "All gone", "Taken out: .*egg"),
    ),
)
def test_a_thing_is_opened_and_changed_and_its_changes_are_undone(
    open_chat: OpenChat,
    person: Person,
    *,
    add: str,
    change: str,
    egg: str,
    less: str,
    half: str,
    set_date: str,
    later: str,
    undo: str,
    freeze: str,
    freezer: str,
    to_list: str,
    done: str,
    gone: str,
    out: str,
) -> None:
    chat = open_chat(person, viewport=PHONE, empty=True)
    chat.say(add)
    fridge = chat.say("/fridge")
    messages = chat.messages.count()

    chat.tap(fridge, change)
    # Before that, a tap takes the thing out.
    expect(chat.button(fridge, done)).to_be_visible()
    chat.tap(fridge, egg)
    chat.tap(fridge, "−1")
    expect(fridge).to_contain_text(re.compile(less))
    chat.tap(fridge, "½")
    expect(fridge).to_contain_text(re.compile(half))
    chat.tap(fridge, undo)
    expect(chat.button(fridge, undo)).to_have_count(0)

    chat.tap(fridge, set_date)
    expect(chat.buttons(fridge)).to_have_count(14 + 2)
    chat.tap(fridge, later)
    expect(chat.buttons(fridge)).to_have_count(14 + 3)
    chat.buttons(fridge).nth(13).click()
    expect(chat.button(fridge, undo)).to_be_visible()
    expect(chat.button(fridge, set_date)).to_have_count(0)

    chat.tap(fridge, freeze)
    expect(fridge).to_contain_text(freezer)
    expect(chat.button(fridge, freeze)).to_have_count(0)
    chat.tap(fridge, to_list)
    expect(chat.button(fridge, done)).to_be_visible()
    chat.buttons(fridge).first.click()
    chat.tap(fridge, gone)
    expect(fridge).to_contain_text(re.compile(out))
    chat.tap(fridge, undo)
    chat.tap(fridge, to_list)
    chat.tap(fridge, done)
    expect(chat.button(fridge, change)).to_be_visible()
    expect(chat.buttons(fridge)).to_have_count(3)
    assert chat.messages.count() == messages
