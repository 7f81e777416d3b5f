"""What a chat chooses for itself, and how it has everything forgotten."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.chat import Person
from tests.browser.conftest import OpenChat
from tests.browser.languages import in_both_languages

pytestmark = [pytest.mark.slow, pytest.mark.walk, pytest.mark.xdist_group("browser")]


@in_both_languages(
    "own other speak_other speak_own warns turn_off silent turn_on zone london in_london",
    (
        *("언어: 한국어", "Language: English", "Speak English", "한국어로 말하기"),
        *("미리 알려 드려요", "미리 알림 끄기", "미리 알리지 않아요", "미리 알림 켜기"),
        *("시간대 바꾸기", "런던", r"시간대: 런던\(지금 \d\d:\d\d\)"),
    ),
    (
        *("Language: English", "언어: 한국어", "한국어로 말하기", "Speak English"),
        *("I'll warn you", "Turn the warning off", "I won't warn you", "Turn the warning on"),
        *("Change the time zone", "London", r"Time zone: London \(\d\d:\d\d now\)"),
    ),
)
def test_settings_are_one_message_that_is_changed_with_taps(
    open_chat: OpenChat,
    person: Person,
    *,
    own: str,
    other: str,
    speak_other: str,
    speak_own: str,
    warns: str,
    turn_off: str,
    silent: str,
    turn_on: str,
    zone: str,
    london: str,
    in_london: str,
) -> None:
    chat = open_chat(person)
    settings = chat.say("/settings")
    messages = chat.messages.count()
    for button, shown in (
        (speak_other, other),
        (speak_own, own),
        (turn_off, silent),
        (turn_on, warns),
    ):
        chat.tap(settings, button)
        expect(settings).to_contain_text(shown)
    chat.tap(settings, zone)
    chat.tap(settings, london)
    expect(settings).to_contain_text(re.compile(in_london))
    assert chat.messages.count() == messages
    expect(chat.say("/settings")).to_contain_text(re.compile(in_london))


@in_both_languages(
    "turn_off question fridge settings keep kept delete deleted warns too_late",
    (
        *("미리 알림 끄기", "이 대화방의 정보를 모두 지울까요?", "재료 2가지"),
        *("설정에서 고른 것", "취소"),
        *("아무것도 지우지 않았어요.", "모두 지우기", "이 대화방의 정보를 모두 지웠어요."),
        *("미리 알려 드려요", "이제는 되돌릴 수 없어요."),
    ),
    (
        *("Turn the warning off", "Forget everything about this chat?", "with 2 items"),
        *("chosen in the settings", "Cancel", "I have deleted nothing.", "Delete everything"),
        *("I have forgotten this chat", "I'll warn you", "I can't undo that any more"),
    ),
)
def test_forgetting_asks_first_and_says_what_it_deleted(
    open_chat: OpenChat,
    person: Person,
    *,
    turn_off: str,
    question: str,
    fridge: str,
    settings: str,
    keep: str,
    kept: str,
    delete: str,
    deleted: str,
    warns: str,
    too_late: str,
) -> None:
    chat = open_chat(person, empty=True)
    added = chat.say("/add 우유, tofu")
    chat.tap(chat.say("/settings"), turn_off)
    for button, outcome in ((keep, kept), (delete, deleted)):
        reply = chat.say("/forget")
        for part in (question, fridge, settings):
            expect(reply).to_contain_text(part)
        chat.tap(reply, button)
        expect(reply).to_contain_text(outcome)
        expect(chat.buttons(reply)).to_have_count(0)
    for part in (fridge, settings):
        expect(reply).to_contain_text(part)

    expect(chat.say("/settings")).to_contain_text(warns)
    chat.buttons(added).first.click()
    expect(chat.toast).to_contain_text(too_late)
