import pytest

from local_telegram.state.chats import Chat
from local_telegram.state.people import Person
from local_telegram.telegram import LocalTelegram
from tests.local_telegram.conftest import CallServer, MovableClock

KEYBOARD = {"inline_keyboard": [[{"text": "Yes", "callback_data": "yes"}]]}
NOT_MODIFIED = (
    "Bad Request: message is not modified: specified new message content and reply markup are "
    "exactly the same as a current content and reply markup of the message"
)


@pytest.fixture
async def place(minji: Person, call: CallServer) -> dict[str, int]:
    """Where a message of the bot, with a keyboard, stands."""
    sent = await call("sendMessage", chat_id=minji.id, text="Sure?", reply_markup=KEYBOARD)
    return {"chat_id": minji.id, "message_id": sent["result"]["message_id"]}


async def test_an_edit_changes_the_text_and_takes_the_keyboard_away(
    telegram: LocalTelegram, call: CallServer, place: dict[str, int]
) -> None:
    edited = await call("editMessageText", **place, text="Done")
    assert edited["result"]["text"] == "Done"
    assert "reply_markup" not in edited["result"]
    assert edited["result"]["edit_date"]
    assert telegram.messages(place["chat_id"]) == [edited["result"]]


async def test_an_edit_that_changes_nothing_is_refused(
    call: CallServer, place: dict[str, int]
) -> None:
    for method in ("editMessageText", "editMessageReplyMarkup"):
        refused = await call(method, **place, text="Sure?", reply_markup=KEYBOARD)
        assert refused["description"] == NOT_MODIFIED
    assert (await call("editMessageReplyMarkup", **place))["ok"]
    refused = await call("editMessageReplyMarkup", **place)
    assert refused["description"] == NOT_MODIFIED


async def test_what_cannot_be_edited_is_refused(
    telegram: LocalTelegram, minji: Person, call: CallServer, place: dict[str, int]
) -> None:
    missing = await call("editMessageText", chat_id=minji.id, message_id=999, text="x")
    assert missing["description"] == "Bad Request: message to edit not found"
    nowhere = await call("editMessageText", text="x")
    assert nowhere["description"] == "Bad Request: message identifier is not specified"
    theirs = telegram.send_text(minji, minji.id, "hello")["message_id"]
    prompt = await call(
        "sendMessage", chat_id=minji.id, text="What?", reply_markup={"force_reply": True}
    )
    for message_id in (theirs, prompt["result"]["message_id"]):
        refused = await call("editMessageText", chat_id=minji.id, message_id=message_id, text="x")
        assert refused["description"] == "Bad Request: message can't be edited"
    refused = await call(
        "editMessageText", **place, text="x", reply_markup={"remove_keyboard": True}
    )
    assert refused["description"] == "Bad Request: inline keyboard expected"


async def test_a_deleted_message_is_gone(
    telegram: LocalTelegram, call: CallServer, place: dict[str, int]
) -> None:
    assert (await call("deleteMessage", **place))["result"] is True
    assert telegram.messages(place["chat_id"]) == []
    again = await call("deleteMessage", **place)
    assert again["description"] == "Bad Request: message to delete not found"


async def test_a_message_of_two_days_ago_stays(
    call: CallServer, place: dict[str, int], clock: MovableClock
) -> None:
    clock.advance(hours=48)
    refused = await call("deleteMessage", **place)
    assert refused["description"] == "Bad Request: message can't be deleted"


async def test_in_a_group_the_bot_deletes_only_its_own(
    telegram: LocalTelegram, minji: Person, group: Chat, call: CallServer
) -> None:
    theirs = telegram.send_text(minji, group.id, "hello")["message_id"]
    own = (await call("sendMessage", chat_id=group.id, text="hi"))["result"]["message_id"]
    refused = await call("deleteMessage", chat_id=group.id, message_id=theirs)
    assert refused["description"] == "Bad Request: message can't be deleted"
    assert (await call("deleteMessage", chat_id=group.id, message_id=own))["ok"]
    assert [message["text"] for message in telegram.messages(group.id)] == ["hello"]
