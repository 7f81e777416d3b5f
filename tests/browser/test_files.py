"""A fridge as a file, and files as a fridge."""

import csv
import re
from codecs import BOM_UTF8

import pytest
from playwright.sync_api import expect

from tests.browser.chat import Person
from tests.browser.conftest import OpenChat
from tests.browser.languages import in_both_languages

pytestmark = [pytest.mark.slow, pytest.mark.walk, pytest.mark.xdist_group("browser")]


@in_both_languages(
    "heading rows preview put_in added undo undone",
    (
        ("이름", "종류"),
        {("우유", "계란·유제품"), ("할머니 김장", "그 밖의 재료")},
        r"목록에서 찾은 재료 2가지: .*우유",
        "모두 넣기",
        r"넣었어요: .*우유",
        "되돌리기",
        "다시 뺐어요",
    ),
    (
        ("Name", "Category"),
        {("milk", "Eggs and dairy"), ("할머니 김장", "Other things")},
        "2 things in the list: .*milk",
        "Put all in",
        "Added: .*milk",
        "Undo",
        "Out again",
    ),
)
def test_what_is_exported_opens_in_a_spreadsheet_and_can_be_put_in_again(
    open_chat: OpenChat,
    person: Person,
    *,
    heading: tuple[str, str],
    rows: set[tuple[str, str]],
    preview: str,
    put_in: str,
    added: str,
    undo: str,
    undone: str,
) -> None:
    chat = open_chat(person, empty=True)
    chat.say("/add 우유, 할머니 김장")
    files = chat.say("/export")
    table = chat.download(files)
    assert table.startswith(BOM_UTF8)
    lines = csv.reader(table.decode("utf-8-sig").splitlines())
    assert {(line[0], line[6]) for line in lines} == {heading, *rows}
    expect(chat.replies.last.get_by_test_id("file-link")).to_contain_text("fridge.json")
    assert "할머니 김장".encode() in chat.download(chat.replies.last)

    chat.empty_the_fridge()
    offered = chat.send_file("fridge.csv", "text/csv", table)
    expect(offered).to_contain_text(re.compile(preview))
    chat.tap(offered, put_in)
    expect(offered).to_contain_text(re.compile(added))
    expect(offered).to_contain_text("할머니 김장")
    chat.tap(offered, undo)
    expect(offered).to_contain_text(undone)


@in_both_languages(
    "preview cancel cancelled unreadable empty",
    (
        r"목록에서 찾은 재료 3가지: .*두부, .*계란, quark\s+제가 처음 보는 이름: quark",
        *("취소", "아무것도 넣지 않았어요.", "이 파일은 읽을 수 없어요.", "비어 있어요"),
    ),
    (
        r"3 things in the list: .*tofu, .*egg, quark\s+New to me: quark",
        *("Cancel", "Nothing was put in.", "I can't read that file.", "is empty"),
    ),
)
def test_a_list_is_shown_before_anything_of_it_is_put_in(
    open_chat: OpenChat,
    person: Person,
    *,
    preview: str,
    cancel: str,
    cancelled: str,
    unreadable: str,
    empty: str,
) -> None:
    chat = open_chat(person, empty=True)
    offered = chat.send_file("list.txt", "text/plain", "두부\neggs\nquark\n".encode("cp949"))
    expect(offered).to_contain_text(re.compile(preview))
    chat.tap(offered, cancel)
    expect(offered).to_contain_text(cancelled)
    picture = chat.send_file("list.csv", "text/csv", bytes(range(256)))
    expect(picture).to_contain_text(unreadable)
    expect(chat.say("/fridge")).to_contain_text(empty)
