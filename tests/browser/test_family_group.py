"""A family's group: one fridge, and an answer for each in their own language."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.chat import EMMA, FAMILY_GROUP, MINJI
from tests.browser.conftest import OpenChat

pytestmark = [pytest.mark.slow, pytest.mark.walk, pytest.mark.xdist_group("browser")]


def test_a_family_shares_one_fridge_and_each_is_answered_in_their_own_language(
    open_chat: OpenChat,
) -> None:
    minji, emma = open_chat(MINJI, FAMILY_GROUP), open_chat(EMMA, FAMILY_GROUP)
    minji.empty_the_fridge()

    expect(minji.say("/add 우유, 두부")).to_contain_text("지금 냉장고에 재료가 2가지 있어요.")
    expect(emma.message("/add 우유, 두부")).to_have_attribute("data-own", "false")
    expect(emma.replies.last).to_contain_text("지금 냉장고에 재료가 2가지 있어요.")

    expect(emma.say("/add milk, carrots")).to_contain_text(re.compile("Already there: .*milk"))
    expect(emma.say("/fridge")).to_contain_text("In the fridge: 3 items")
    expect(minji.replies.last).to_contain_text("In the fridge: 3 items")

    expect(minji.say("/remove carrot")).to_contain_text(re.compile("뺐어요: .*당근"))
    expect(minji.say("/fridge")).to_contain_text("냉장고에 재료가 2가지 있어요")


def test_a_question_in_the_group_opens_only_for_the_one_who_is_asked(open_chat: OpenChat) -> None:
    minji, emma = open_chat(MINJI, FAMILY_GROUP), open_chat(EMMA, FAMILY_GROUP)
    expect(minji.say("/add")).to_contain_text("무엇을 넣을까요?")
    expect(minji.force_reply).to_be_visible()
    expect(emma.replies.last).to_contain_text("무엇을 넣을까요?")
    expect(emma.force_reply).to_be_hidden()
    expect(minji.say("아이스크림")).to_contain_text("아이스크림")
    expect(emma.replies.last).to_contain_text("아이스크림")
    expect(minji.force_reply).to_be_hidden()


def test_the_bot_keeps_out_of_what_people_say_to_each_other(open_chat: OpenChat) -> None:
    minji, emma = open_chat(MINJI, FAMILY_GROUP), open_chat(EMMA, FAMILY_GROUP)
    before = emma.replies.count()
    minji.send("오늘 저녁 뭐 먹을까?")
    expect(emma.message("오늘 저녁 뭐 먹을까?")).to_be_visible()
    expect(emma.say("/help")).to_contain_text("What I can do")
    assert emma.replies.count() == before + 1
