"""A receipt in the page: a tap leaves a line out, and the rest goes in."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.chat import Person
from tests.browser.conftest import OpenChat
from tests.browser.languages import in_both_languages

pytestmark = [pytest.mark.slow, pytest.mark.walk, pytest.mark.xdist_group("browser")]


@in_both_languages(
    "receipt preview left_out line without put_in added undo undone",
    (
        (
            "이마트 왕십리점\n2026-12-01 18:32\n"
            "우유 1L             2,980\n계란 30구           7,980\n두부 300g           1,980\n"
            "합계               12,940\n신용카드           12,940"
        ),
        "목록에서 찾은 재료 3가지: .*우유 1L, .*계란 30개, .*두부 300g",
        "가격·코드 등",
        "두부 300g",
        "넣지 않을 것: .*두부 300g",
        "2가지 넣기",
        "넣었어요: .*우유 1L, .*계란 30개",
        "되돌리기",
        "다시 뺐어요",
    ),
    (
        (
            "TESCO\nSemi Skimmed Milk 2.272L   £1.45\nFree Range Eggs x6         £1.65\n"
            "Mature Cheddar 400g        £3.20\nTOTAL                      £6.30\n"
            "VISA DEBIT                 £6.30"
        ),
        "3 things in the list: .*low-fat milk .*, .*egg ×6, .*Cheddar 400g",
        "Left out: ",
        "Cheddar 400g",
        "Stays out: .*Cheddar 400g",
        "Put 2 in",
        "Added: .*low-fat milk .*, .*egg ×6",
        "Undo",
        "Out again",
    ),
)
def test_a_line_of_a_receipt_is_left_out_and_the_rest_goes_in(
    open_chat: OpenChat,
    person: Person,
    *,
    receipt: str,
    preview: str,
    left_out: str,
    line: str,
    without: str,
    put_in: str,
    added: str,
    undo: str,
    undone: str,
) -> None:
    chat = open_chat(person, empty=True)
    offered = chat.say(receipt)
    expect(offered).to_contain_text(re.compile(preview))
    expect(offered).to_contain_text(left_out)
    chat.tap(offered, line)
    expect(offered).to_contain_text(re.compile(without))
    chat.tap(offered, line)  # in again
    expect(offered).not_to_contain_text(re.compile(without))
    chat.tap(offered, line)
    chat.tap(offered, put_in)
    expect(offered).to_contain_text(re.compile(added))
    expect(offered).not_to_contain_text(re.compile(line))
    chat.tap(offered, undo)
    expect(offered).to_contain_text(undone)
