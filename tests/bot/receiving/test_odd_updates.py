"""Updates that are not what the bot asked for, or not what it can read."""

from itertools import chain
from typing import Any

import pytest
from pydantic import BaseModel

from bot.telegram.updates import (
    ATTACHMENTS,
    LAST_SUPERGROUP,
    SOMEBODY_ELSES,
    Answered,
    CallbackQuery,
    File,
    Message,
    StandingChange,
    TappedMessage,
    Update,
    User,
    is_basic_group,
)
from local_telegram.server import LocalTelegramServer
from tests.bot.conversation import GROUP, Conversation, seen
from tests.db.tables import Tables
from tests.waiting import wait_until

EMMA = {"id": 1002, "is_bot": False, "first_name": "Emma", "language_code": "en"}
SUPERGROUP = -1_000_000_004_001
PRIVATE = {"id": 1002, "type": "private", "first_name": "Emma"}


def message(**content: object) -> dict[str, Any]:
    return {
        "message": {"message_id": 900, "date": 1795469068, "chat": PRIVATE, "from": EMMA, **content}
    }


def nulls(part: type[BaseModel], *others: str) -> dict[str, Any]:
    """The optional fields of a part of an update, as a server writes them that omits none."""
    optional = [
        field.alias or name for name, field in part.model_fields.items() if not field.is_required()
    ]
    return dict.fromkeys([*optional, *others])


def message_with_nulls(**content: object) -> dict[str, Any]:
    absent = nulls(Message, *SOMEBODY_ELSES, *ATTACHMENTS, "sender_chat", "something_newer")
    return nulls(Update) | message(**absent | {"from": nulls(User) | EMMA} | content)


WITH_NULLS: dict[str, tuple[dict[str, Any], str]] = {
    "a text": (message_with_nulls(text="milk"), "Added: 🥛 milk"),
    "a reply": (
        message_with_nulls(text="milk", reply_to_message=nulls(Answered)),
        "Added: 🥛 milk",
    ),
    "a file": (
        message_with_nulls(document=nulls(File) | {"file_id": "1"}),
        "I can only read text",
    ),
    "a tap": (
        nulls(Update)
        | {
            "callback_query": nulls(CallbackQuery)
            | {
                "id": "7",
                "from": nulls(User) | EMMA,
                "data": "try:fridge",
                "message": nulls(TappedMessage) | message(text="x")["message"],
            }
        },
        "The fridge is empty",
    ),
}


@pytest.mark.usefixtures("bot")
@pytest.mark.parametrize(("update", "answer"), WITH_NULLS.values(), ids=WITH_NULLS.keys())
async def test_a_field_that_is_null_is_one_that_is_absent(
    telegram: LocalTelegramServer, update: dict[str, Any], answer: str
) -> None:
    telegram.telegram.push_update(update)

    reply = await telegram.telegram.wait_for_message(1002)

    assert seen(reply["text"]).startswith(answer)


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


@pytest.mark.parametrize("query_id", ["0198-ab:c d é", "x" * 1_000, "-5"])
async def test_a_tap_may_have_any_id_and_can_be_undone(
    bot: Conversation, telegram: LocalTelegramServer, tables: Tables, query_id: str
) -> None:
    local = telegram.telegram
    await bot.say("emma", "/add milk")
    fridge = await bot.say("emma", "/fridge")
    tap = {"id": query_id, "from": EMMA, "data": fridge.buttons["🥛 milk"]}
    local.push_update({"callback_query": {**tap, "message": local.messages(1002)[-1]}})

    async def is_answered() -> bool:
        return query_id in local.callback_answers

    await wait_until(is_answered)
    assert await tables.items(1002) == []

    buttons = chain.from_iterable(local.messages(1002)[-1]["reply_markup"]["inline_keyboard"])
    [undo] = [each["callback_data"] for each in buttons if each["text"].startswith("↩")]
    await bot.tap_data("emma", fridge, undo)
    assert len(await tables.items(1002)) == 1


async def test_a_bot_that_gets_all_messages_of_a_group_is_silent_on_those_between_people(
    bot: Conversation, telegram: LocalTelegramServer
) -> None:
    local = telegram.telegram
    group = {"id": GROUP, "type": "group"}
    origin = {"type": "hidden_user", "date": 1, "sender_user_name": "Somebody"}

    local.push_update(message(chat=group, text="milk", forward_origin=origin))
    for text in ("milk", "add milk", "우유 추가", "fridge", "undo", "thanks", "cancel", "/우유"):
        local.push_update(message(chat=group, text=text))

    reply = await bot.say("emma", "/fridge", chat=GROUP)
    assert [m["message_id"] for m in local.messages(GROUP) if m["from"]["is_bot"]] == [
        reply.message_id
    ]


@pytest.mark.parametrize(
    "moved",
    [
        {"migrate_to_chat_id": SUPERGROUP},
        {"migrate_from_chat_id": GROUP},
        {"chat": {"id": GROUP, "type": "group"}, "migrate_to_chat_id": 1002},
        {"chat": {"id": GROUP, "type": "group"}, "migrate_to_chat_id": LAST_SUPERGROUP},
    ],
    ids=["from a private chat", "to a private chat", "back to a person", "to another group"],
)
async def test_only_a_group_that_becomes_a_supergroup_takes_its_fridge_along(
    bot: Conversation, telegram: LocalTelegramServer, tables: Tables, moved: dict[str, Any]
) -> None:
    await bot.say("emma", "/add milk")
    await bot.say("emma", "/add tofu, eggs", chat=GROUP)

    telegram.telegram.push_update(message(**moved))

    assert "1 item\n" in (await bot.say("emma", "/fridge")).text
    assert len(await tables.items(1002)) == 1
    assert len(await tables.items(GROUP)) == 2


def test_a_group_is_told_from_a_person_and_from_a_supergroup_by_its_id() -> None:
    ids = (1, 0, -1, LAST_SUPERGROUP, LAST_SUPERGROUP - 1)

    assert [is_basic_group(chat_id) for chat_id in ids] == [False, False, True, True, False]


@pytest.mark.parametrize(
    ("old", "new", "is_new"),
    [
        ("left", "member", True),
        ("kicked", "administrator", True),
        ("member", "administrator", False),
        ("member", "left", False),
        ("left", "kicked", False),
    ],
)
def test_a_group_that_had_the_bot_or_keeps_it_out_is_no_new_one(
    old: str, new: str, *, is_new: bool
) -> None:
    change = StandingChange.model_validate(
        {
            "chat": {"id": GROUP, "type": "group"},
            "from": EMMA,
            "old_chat_member": {"status": old},
            "new_chat_member": {"status": new},
        }
    )
    assert change.is_new_in_group is is_new


@pytest.mark.usefixtures("bot")
async def test_a_command_that_came_through_another_bot_is_not_obeyed(
    telegram: LocalTelegramServer, tables: Tables
) -> None:
    other_bot = {"id": 55, "is_bot": True, "first_name": "Other", "username": "other_bot"}
    command = {"type": "bot_command", "offset": 0, "length": 4}
    telegram.telegram.push_update(message(text="/add eggs", entities=[command], via_bot=other_bot))

    reply = await telegram.telegram.wait_for_message(1002)

    assert reply["text"].startswith("I don't read forwarded messages.")
    assert await tables.session(1002) is None


async def test_a_name_that_looks_like_an_address_brings_no_preview(
    bot: Conversation, telegram: LocalTelegramServer
) -> None:
    await bot.say("emma", "/add https://example.org/x")

    sent = [call for call in telegram.telegram.calls if call.method.lower() == "sendmessage"]
    assert sent[-1].parameters["link_preview_options"] == {"is_disabled": True}
