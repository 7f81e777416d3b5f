"""The warning before a list is forgotten, with a program whose fridges live for seconds."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from time import monotonic
from typing import Final

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.chat import EMMA, MINJI, SORA, Chat
from tests.browser.conftest import OpenChat
from tests.browser.playground import running_playground

pytestmark = [pytest.mark.slow, pytest.mark.walk, pytest.mark.xdist_group("browser")]

LIFETIME: Final = 24
MILLISECONDS: Final = 1000.0
SECONDS_BETWEEN_LOOKS: Final = 0.3

IN_DAYTIME: Final = re.compile(r" (1\d|20):\d\d$")
"""What stands on the button of a city where nobody sleeps for the time of a test."""


@pytest.fixture(scope="module")
def playground(browser: Browser) -> Iterator[str]:
    """A program of its own, in which half of a fridge's life is soon over."""
    assert browser.is_connected()
    with running_playground(SESSION_TTL=f"{LIFETIME}s") as address:
        yield address


@dataclass(frozen=True, slots=True)
class Words:
    """What a person of a language reads on the way."""

    change_zone: str
    warning: str
    keep: str
    kept: str
    put_back: str
    fridge: str


KOREAN: Final = Words(
    "시간대 바꾸기",
    r"⏳ 약 \d+초 뒤에 이 목록이 지워져요: quark, .*우유",
    "24초 더 기억하기",
    "지금부터 24초 더 기억할게요. 재료가 2가지 있어요.",
    r"다시 넣었어요: quark, .*우유\s+지금 냉장고에 재료가 2가지 있어요.",
    "냉장고에 재료가 2가지 있어요",
)
ENGLISH: Final = Words(
    "Change the time zone",
    r"⏳ I'll forget this list in about \d+ seconds: quark, .*milk",
    "Keep for another 24 seconds",
    "Kept for another 24 seconds, with 2 items.",
    r"Put back: quark, .*milk\s+2 items in the fridge now.",
    "In the fridge: 2 items",
)


def test_a_fridge_is_kept_in_time_or_put_back_after_it_was_purged(open_chat: OpenChat) -> None:
    private = {KOREAN: open_chat(MINJI), ENGLISH: open_chat(EMMA)}
    groups = {KOREAN: open_chat(MINJI), ENGLISH: open_chat(EMMA)}
    for group in groups.values():
        _add_the_bot_to_a_new_group(group)
    chats = [*private.items(), *groups.items()]
    for words, chat in chats:
        _live_where_it_is_day(chat, words)
    warning_numbers = [_fill(chat) for _, chat in chats]
    warnings = {
        chat: chat.reply(number) for (_, chat), number in zip(chats, warning_numbers, strict=True)
    }

    for words, chat in private.items():
        expect(warnings[chat]).to_contain_text(re.compile(words.warning))
        chat.tap(warnings[chat], words.keep)
        expect(warnings[chat]).to_contain_text(words.kept)

    _purge_when_only_so_many_are_left(len(private), open_chat(SORA))
    for words, group in groups.items():
        expect(warnings[group]).to_contain_text(re.compile(words.warning))
        group.tap(warnings[group], words.keep)
        expect(warnings[group]).to_contain_text(re.compile(words.put_back))
        expect(group.say("/fridge")).to_contain_text(words.fridge)
    for words, chat in private.items():
        # Meanwhile the next warning may come.
        chat.send("/fridge")
        expect(chat.message(words.fridge)).to_be_visible()


def _add_the_bot_to_a_new_group(chat: Chat) -> None:
    chat.page.get_by_test_id("chat-menu").click()
    chat.page.locator("[data-testid=chat-action][data-action=add-to-group]").click()
    chat.page.get_by_test_id("new-group").click()
    # It says hello.
    expect(chat.replies).to_have_count(1)


def _live_where_it_is_day(chat: Chat, words: Words) -> None:
    settings = chat.say("/settings")
    chat.tap(settings, words.change_zone)
    chat.buttons(settings).filter(has_text=IN_DAYTIME).first.click()
    expect(chat.button(settings, words.change_zone)).to_be_visible()


def _fill(chat: Chat) -> int:
    """Puts something in; gives the number of the bot's next message, which is the warning."""
    chat.say("/add 우유, quark")
    return chat.replies.count()


def _purge_when_only_so_many_are_left(count: int, admin: Chat) -> None:
    expired = re.compile(f"사용 중인 세션: {count}개")
    deadline = monotonic() + LIFETIME
    while not expired.search(admin.say("/stats").inner_text()):
        assert monotonic() < deadline, "the other fridges live on"
        admin.page.wait_for_timeout(SECONDS_BETWEEN_LOOKS * MILLISECONDS)
    expect(admin.say("/cleanup")).to_contain_text("정리했어요")
