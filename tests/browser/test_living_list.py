"""The list of what is in the fridge: one message, which shows the truth when it is touched."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.chat import EMMA, FAMILY_GROUP, MINJI, Person
from tests.browser.conftest import OpenChat
from tests.browser.languages import in_both_languages

pytestmark = [pytest.mark.slow, pytest.mark.walk, pytest.mark.xdist_group("browser")]


@in_both_languages(
    "milk egg count taken two put_back gone",
    (
        "우유",
        "계란",
        "냉장고에 재료가 3가지 있어요",
        r"뺐어요: .*우유",
        "냉장고에 재료가 2가지 있어요",
        r"되돌렸어요. 다시 넣었어요: .*우유",
        "이미 뺀 재료예요.",
    ),
    (
        "milk",
        "egg",
        "In the fridge: 3 items",
        "Taken out: .*milk",
        "In the fridge: 2 items",
        "Undone. Back in: .*milk",
        "That is out already.",
    ),
)
def test_a_tap_takes_an_item_out_and_an_older_list_shows_the_truth_when_touched(
    open_chat: OpenChat,
    person: Person,
    *,
    milk: str,
    egg: str,
    count: str,
    taken: str,
    two: str,
    put_back: str,
    gone: str,
) -> None:
    chat = open_chat(person, empty=True)
    chat.say("/add 우유, 계란, tofu")
    oldest, older, fridge = (chat.say("/fridge") for _ in range(3))
    messages = chat.messages.count()

    chat.button(fridge, milk).dblclick()
    expect(fridge).to_contain_text(re.compile(taken))
    expect(fridge).to_contain_text(two)
    expect(chat.button(fridge, f" {milk}")).to_have_count(1)
    chat.tap(fridge, "↩")
    expect(fridge).to_contain_text(re.compile(put_back))
    expect(fridge).to_contain_text(count)

    chat.tap(fridge, egg)
    expect(fridge).to_contain_text(two)
    expect(older).to_contain_text(count)
    # The second tap of the two may have been answered with a notice of its own.
    expect(chat.toast).to_have_count(0)
    chat.tap(older, egg)
    expect(chat.toast).to_have_text(gone)
    expect(older).to_contain_text(two)
    expect(chat.button(older, egg)).to_have_text(re.compile("^↩"))
    # One notice at a time: the next one comes in its place.
    chat.tap(oldest, egg)
    expect(oldest).to_contain_text(two)
    expect(chat.toast).to_have_text(gone)
    assert chat.messages.count() == messages


@in_both_languages(
    "page next_page back_page only beans everything thing tofu empty",
    (
        *(
            "{}/3쪽",
            "다음 ▶",
            "◀ 이전",
            "골라 보기",
            "두부·콩 (1)",
            "전체 보기",
            "gizmo",
            "두부",
        ),
        "비어 있어요",
    ),
    (
        *("Page {} of 3", "Next ▶", "◀ Back", "Filter", "Tofu and beans (1)"),
        "Show everything",
        *("gizmo", "tofu", "is empty"),
    ),
)
def test_a_long_fridge_turns_its_pages_and_shows_one_category_in_place(
    open_chat: OpenChat,
    person: Person,
    *,
    page: str,
    next_page: str,
    back_page: str,
    only: str,
    beans: str,
    everything: str,
    thing: str,
    tofu: str,
    empty: str,
) -> None:
    things = [f"{thing}{first}{second}" for first in "abcdef" for second in "abcdefghij"]

    def shown(text: str) -> set[str]:
        return set(re.findall(rf"{thing}[a-j]{{2}}", text))

    chat = open_chat(person, empty=True)
    for start in range(0, 60, 10):
        chat.say("/add " + ", ".join(things[start : start + 10]))
    chat.say("/add 두부")
    fridge = chat.say("/fridge")
    expect(fridge).to_contain_text("61")
    messages = chat.messages.count()

    pages = [shown(fridge.inner_text())]
    for number in (2, 3):
        chat.tap(fridge, next_page)
        expect(chat.button(fridge, page.format(number))).to_be_visible()
        pages.append(shown(fridge.inner_text()))
    expect(chat.button(fridge, next_page)).to_have_count(0)
    assert {name for one in pages for name in one} == set(things)
    assert sum(map(len, pages)) == len(things)
    for number in (2, 1):
        chat.tap(fridge, back_page)
        expect(chat.button(fridge, page.format(number))).to_be_visible()
    expect(chat.button(fridge, back_page)).to_have_count(0)
    assert shown(fridge.inner_text()) == pages[0]

    chat.tap(fridge, only)
    chat.tap(fridge, beans)
    expect(chat.button(fridge, everything)).to_be_visible()
    assert not shown(fridge.inner_text())
    chat.tap(fridge, tofu)
    # Of a category that is all out, everything that there is takes the place.
    expect(chat.button(fridge, page.format(1))).to_be_visible()
    assert chat.messages.count() == messages
    chat.empty_the_fridge()
    chat.tap(fridge, next_page)
    expect(fridge).to_contain_text(empty)


def test_two_people_who_tap_at_the_same_moment_both_see_the_truth(open_chat: OpenChat) -> None:
    minji = open_chat(MINJI, FAMILY_GROUP, empty=True)
    emma = open_chat(EMMA, FAMILY_GROUP)
    minji.say("/add 우유, 계란, 두부")
    minji.say("/fridge")
    lists = [chat.replies.last for chat in (minji, emma)]
    for fridge in lists:
        expect(fridge).to_contain_text("냉장고에 재료가 3가지 있어요")

    # Emma's finger is on the button before Minji's tap takes it away.
    emmas = emma.button(lists[1], "우유").element_handle()
    minji.tap(lists[0], "우유")
    emmas.evaluate("button => button.click()")

    expect(emma.toast).to_have_text("That is out already.")
    expect(minji.toast).to_have_count(0)
    for chat, fridge in zip((minji, emma), lists, strict=True):
        expect(fridge).to_contain_text("In the fridge: 2 items")
        expect(chat.buttons(fridge)).to_contain_text(["egg", "tofu"])
    emma.tap(lists[1], "egg")
    expect(lists[0]).to_contain_text(re.compile("Taken out: .*egg"))
    minji.tap(lists[0], "Undo")
    expect(lists[1]).to_contain_text(re.compile("되돌렸어요. 다시 넣었어요: .*계란"))
