"""Meeting the bot: the first message, the invitation into a group, and a link that names things."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.chat import Person
from tests.browser.conftest import OpenChat
from tests.browser.languages import in_both_languages
from tests.browser.playground import running_playground

pytestmark = [pytest.mark.slow, pytest.mark.walk, pytest.mark.xdist_group("browser")]


@pytest.fixture(scope="module")
def playground(browser: Browser) -> Iterator[str]:
    """A program of its own: nobody has written to the bot yet."""
    assert browser.is_connected()
    with running_playground() as address:
        yield address


@in_both_languages(
    "start greeting put_in question add invite group_greeting show in_group linked",
    (
        *("시작", "냉장고에 무엇이 있는지 기억해 드려요", "재료 넣기", "무엇을 넣을까요?"),
        *("넣었어요", "그룹에 초대하기", "이 그룹에서 함께 쓰는 냉장고", "냉장고 보기"),
        *("냉장고에 재료가 1가지 있어요", r"넣었어요: .*우유, .*간장"),
    ),
    (
        *("Start", "I remember what is in your fridge", "Put something in", "What shall I put in"),
        *("Added", "Add me to your group", "the fridge that you share here", "Show the fridge"),
        *("In the fridge: 1 item", "Added: .*milk, .*soy sauce"),
    ),
)
def test_a_newcomer_tries_the_bot_takes_it_to_a_group_and_follows_a_link(
    open_chat: OpenChat,
    playground: str,
    person: Person,
    *,
    start: str,
    greeting: str,
    put_in: str,
    question: str,
    add: str,
    invite: str,
    group_greeting: str,
    show: str,
    in_group: str,
    linked: str,
) -> None:
    chat = open_chat(person)
    expect(chat.start_button).to_have_text(start)
    chat.start_button.click()
    welcome = chat.reply(0)
    expect(welcome).to_contain_text(greeting)
    expect(chat.messages.first).to_contain_text("/start")
    expect(chat.start_button).to_be_hidden()
    expect(chat.page.locator("html")).to_have_attribute("lang", person.locale[:2])
    chat.tap(welcome, put_in)
    expect(chat.reply(1)).to_contain_text(question)
    expect(chat.force_reply).to_be_visible()
    expect(chat.say("계란")).to_contain_text(add)

    chat.tap(welcome, invite)
    chat.page.get_by_test_id("new-group").click()
    group_welcome = chat.message(group_greeting)
    expect(group_welcome).to_be_visible()
    expect(chat.service_messages).to_have_count(2)
    chat.tap(group_welcome, put_in)
    expect(chat.force_reply).to_contain_text(question)
    chat.say("quark")
    chat.tap(group_welcome, show)
    expect(chat.replies.last).to_contain_text(in_group)

    chat.page.goto(f"{playground}/#person={person.username}&start=add_milk_soy-sauce")
    expect(chat.messages.first).to_contain_text("/start")
    replies = chat.replies.count()
    chat.start_button.click()
    expect(chat.reply(replies)).to_contain_text(re.compile(linked))
