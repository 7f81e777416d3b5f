"""Updates that are not what the bot asked for, or not what it can read."""

from typing import Any

import pytest

from local_telegram.server import LocalTelegramServer
from tests.bot.conversation import Conversation
from tests.db.tables import Tables

EMMA = {"id": 1002, "is_bot": False, "first_name": "Emma", "language_code": "en"}
PRIVATE = {"id": 1002, "type": "private", "first_name": "Emma"}


def message(**content: object) -> dict[str, Any]:
    return {
        "message": {"message_id": 900, "date": 1795469068, "chat": PRIVATE, "from": EMMA, **content}
    }


UNREADABLE: dict[str, dict[str, Any]] = {
    "a date out of range": message(date=10**12, text="x"),
    "a message that is a number": {"message": 5},
    "a message of nothing": {"message": {}},
    "a chat that is a list": message(chat=[]),
}


@pytest.mark.parametrize("update", UNREADABLE.values(), ids=UNREADABLE.keys())
async def test_an_update_that_cannot_be_read_holds_up_nobody(
    bot: Conversation, telegram: LocalTelegramServer, update: dict[str, Any]
) -> None:
    local = telegram.telegram
    local.send_text(local.people[1001], 1001, "/add 우유")
    local.push_update(update)

    assert (await bot.say("emma", "/add milk")).text.startswith("Added")
    assert len(local.messages(1001)) == 2


@pytest.mark.usefixtures("bot")
async def test_a_poll_as_an_older_server_sends_it_is_answered_as_any_other(
    telegram: LocalTelegramServer,
) -> None:
    telegram.telegram.push_update(message(poll={"id": "1", "question": "?"}))

    reply = await telegram.telegram.wait_for_message(1002)

    assert reply["text"].startswith("I can only read text")


async def test_service_messages_are_answered_by_nobody(
    bot: Conversation, telegram: LocalTelegramServer
) -> None:
    telegram.telegram.push_update(message(pinned_message={"message_id": 1}))
    telegram.telegram.push_update(message(something_newer={}))

    assert (await bot.say("emma", "/fridge")).text.startswith("The fridge is empty")


async def test_kinds_of_updates_that_nobody_asked_for_are_ignored(
    bot: Conversation, telegram: LocalTelegramServer
) -> None:
    for kind in ("edited_message", "channel_post", "business_message"):
        telegram.telegram.push_update({kind: message(text="/add eggs")["message"]})

    reply = await bot.say("emma", "/fridge")

    assert reply.text.startswith("The fridge is empty")


async def test_a_tap_with_no_data_is_answered(
    bot: Conversation, telegram: LocalTelegramServer
) -> None:
    query = {"id": "777", "from": EMMA, "chat_instance": "1", "inline_message_id": "x"}
    telegram.telegram.push_update({"callback_query": query})

    await bot.say("emma", "/fridge")

    assert "777" in telegram.telegram.callback_answers


@pytest.mark.usefixtures("bot")
async def test_a_command_that_came_through_another_bot_is_not_obeyed(
    telegram: LocalTelegramServer, tables: Tables
) -> None:
    other_bot = {"id": 55, "is_bot": True, "first_name": "Other", "username": "other_bot"}
    command = {"type": "bot_command", "offset": 0, "length": 4}
    telegram.telegram.push_update(message(text="/add eggs", entities=[command], via_bot=other_bot))

    reply = await telegram.telegram.wait_for_message(1002)

    assert reply["text"].startswith("I leave forwarded messages alone.")
    assert await tables.session(1002) is None


async def test_a_name_that_looks_like_an_address_brings_no_preview(
    bot: Conversation, telegram: LocalTelegramServer
) -> None:
    await bot.say("emma", "/add https://example.org/x")

    sent = [call for call in telegram.telegram.calls if call.method.lower() == "sendmessage"]
    assert sent[-1].parameters["link_preview_options"] == {"is_disabled": True}
