"""Undoing what was put in, taken out and cleared, each with the button under the answer."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.chat import Person
from tests.browser.conftest import OpenChat
from tests.browser.languages import in_both_languages

pytestmark = [pytest.mark.slow, pytest.mark.walk, pytest.mark.xdist_group("browser")]


@in_both_languages(
    "undo out_again back_in all_back empty_it declined",
    (
        "되돌리기",
        r"되돌렸어요. 다시 뺐어요: .*두부\s+지금 냉장고에 재료가 2가지 있어요.",
        r"되돌렸어요. 다시 넣었어요: .*우유\s+지금 냉장고에 재료가 2가지 있어요.",
        r"되돌렸어요. 다시 넣었어요: .*\s+지금 냉장고에 재료가 2가지 있어요.",
        "비우기",
        "이제는 되돌릴 수 없어요.",
    ),
    (
        "Undo",
        r"Undone. Out again: .*tofu\s+2 items in the fridge now.",
        r"Undone. Back in: .*milk\s+2 items in the fridge now.",
        r"Undone. Back in: .*\s+2 items in the fridge now.",
        "Empty it",
        "I can't undo that any more",
    ),
)
def test_each_change_is_undone_with_a_tap_unless_the_fridge_has_changed_since(
    open_chat: OpenChat,
    person: Person,
    *,
    undo: str,
    out_again: str,
    back_in: str,
    all_back: str,
    empty_it: str,
    declined: str,
) -> None:
    chat = open_chat(person, empty=True)
    first = chat.say("/add 우유, 계란")
    added = chat.say("/add milk, 두부")
    chat.tap(added, undo)
    expect(added).to_contain_text(re.compile(out_again))
    expect(chat.buttons(added)).to_have_count(0)

    removed = chat.say("/remove milk")
    chat.tap(removed, undo)
    expect(removed).to_contain_text(re.compile(back_in))

    cleared = chat.say("/clear")
    chat.tap(cleared, empty_it)
    chat.tap(cleared, undo)
    expect(cleared).to_contain_text(re.compile(all_back))

    chat.say("/remove 계란")
    before = first.locator(".text").inner_text()
    chat.tap(first, undo)
    expect(chat.toast).to_contain_text(declined)
    assert first.locator(".text").inner_text() == before
