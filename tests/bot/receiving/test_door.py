"""`ALLOWED_IDS`: whom the bot works for, and what the others see and cost."""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from typing import Final

import pytest

from bot.features.allowed_chats import MOST_REMEMBERED, AllowedChats, RecentChats
from bot.features.services import Services
from bot.features.warnings.handlers import warn
from bot.receiving.door import MOST_AT_ONCE
from bot.receiving.wiring import Pipeline
from bot.telegram.updates import chat_of
from db.connection.database import Engine
from db.connection.errors import DatabaseAway
from db.fridges.expiry_warnings import CLAIM_LIFE, DueWarning, Position, Window
from db.updates.waiting_updates import WaitingUpdate
from fridge.items import ItemKey, NewItem
from fridge.request_keys import RequestKey
from local_telegram.server import LocalTelegramServer
from local_telegram.state.chats import Standing
from local_telegram.telegram import LocalTelegram
from tests.bot.conftest import ADMIN_ID, UNTIL_RELEASED
from tests.bot.conversation import GROUP, Conversation, seen
from tests.bot.running import new_pipeline, polling, webhook
from tests.conftest import Clock
from tests.db.commands import noting_statements
from tests.db.tables import Tables
from tests.waiting import wait_until

MINJI: Final = 1001
EMMA: Final = 1002
NOT_FOR_MINJI: Final = (
    "죄송해요, 저는 정해진 분들만 도와드릴 수 있어요. "
    "쓰고 싶으시면 저를 운영하는 분에게 이 번호를 알려 주세요: 1001"
)


@pytest.fixture
def allowed_ids() -> Sequence[int]:
    return (EMMA, GROUP)


@pytest.fixture(params=["polling", "webhook"])
async def at_work(
    request: pytest.FixtureRequest, pipeline: Pipeline, unused_tcp_port: int
) -> AsyncIterator[None]:
    """The bot at work, whichever way updates come."""
    receiving = (
        polling(pipeline) if request.param == "polling" else webhook(pipeline, unused_tcp_port)
    )
    async with receiving:
        yield


def said_in(local: LocalTelegram, chat: int) -> Sequence[str]:
    """What the bot has said in a chat."""
    return [seen(m["text"]) for m in local.messages(chat) if m["from"]["id"] == local.bot.id]


async def until_all_is_confirmed(local: LocalTelegram) -> None:
    async def nothing_waits() -> bool:
        return local.updates.pending_count == 0

    await wait_until(nothing_waits)


@pytest.mark.usefixtures("at_work")
async def test_others_are_told_once_in_private_and_leave_no_trace_in_the_database(
    local: LocalTelegram, engine: Engine
) -> None:
    with noting_statements(engine) as noted:
        for _ in range(50):
            local.send_text(local.people[MINJI], MINJI, "/add 우유")
        await local.wait_for_message(MINJI)
        await until_all_is_confirmed(local)
    assert said_in(local, MINJI) == [NOT_FOR_MINJI]
    assert noted == []

    # Meanwhile the others are answered as ever.
    local.send_text(local.people[EMMA], EMMA, "/add milk")
    assert "Added: 🥛 milk" in seen((await local.wait_for_message(EMMA))["text"])


@pytest.mark.usefixtures("at_work")
async def test_a_tap_of_somebody_else_is_answered_by_a_notice(local: LocalTelegram) -> None:
    button = {"text": "↩ 되돌리기", "callback_data": "undo:m1 add"}
    old = local.send_by_bot(
        local.chat(MINJI), {"text": "넣었어요"}, {"inline_keyboard": [[button]]}
    )

    query = local.tap(local.people[MINJI], MINJI, old["message_id"], button["callback_data"])

    async def is_answered() -> bool:
        return query in local.callback_answers

    await wait_until(is_answered)
    assert local.callback_answers[query]["text"] == NOT_FOR_MINJI


async def test_a_group_on_the_list_may_use_it_whoever_speaks_and_another_hears_nothing(
    bot: Conversation, local: LocalTelegram
) -> None:
    others = local.add_group(-4002, "Others", [local.people[EMMA], local.people[ADMIN_ID]])

    assert "우유" in (await bot.say("minji", "/add 우유", chat=GROUP)).text
    for person in (EMMA, ADMIN_ID):
        local.send_text(local.people[person], others.id, "/fridge@fridge_bot")
    # Nobody has added the bot to a group.
    local.block(local.people[MINJI])
    local.unblock(local.people[MINJI])
    await until_all_is_confirmed(local)
    await bot.say("emma", "/fridge")

    assert said_in(local, others.id) == said_in(local, MINJI) == []
    assert not any(call.method == "leaveChat" for call in local.calls)


async def test_admins_may_use_it_in_any_case_and_see_how_many_others_there_were(
    bot: Conversation, local: LocalTelegram
) -> None:
    assert "돌려보낸" not in (await bot.say("admin", "/stats")).text

    for _ in range(3):
        local.send_text(local.people[MINJI], MINJI, "안녕")
    await local.wait_for_message(MINJI)
    await until_all_is_confirmed(local)

    assert "그동안 돌려보낸 메시지: 3개(대화방 1개)" in (await bot.say("admin", "/stats")).text


@pytest.mark.usefixtures("at_work")
async def test_a_group_that_is_not_on_the_list_is_told_so_and_left(
    local: LocalTelegram, engine: Engine, tables: Tables
) -> None:
    group = local.create_group(local.people[MINJI], "Others", [local.people[EMMA]])
    # Also where Telegram fails to let it go at first.
    local.faults.add(method="leaveChat", times=1, status=500)

    with noting_statements(engine) as noted:
        local.join(group.id, local.people[EMMA])

        async def is_out() -> bool:
            return group.standing is Standing.LEFT

        await wait_until(is_out)
        await until_all_is_confirmed(local)

    [told] = said_in(local, group.id)
    assert told.startswith("Sorry, I can't work in this group, so I'm leaving now.")
    assert str(group.id) in told
    assert noted == []
    assert await tables.count_sessions() == 0


@pytest.mark.parametrize(
    ("news", "language", "numbers"),
    [
        ("both", None, "(new number|번호가 바뀌었어요): {new}. "),
        ("old", "en", "new number: {new}. .*ALLOWED_IDS in .*{old}"),
        ("new", None, "new number: {new}. .*ALLOWED_IDS in .*{old}"),
    ],
    ids=["both", "old", "new"],
)
async def test_a_group_on_the_list_that_becomes_a_supergroup_goes_on_and_is_told_its_new_number(
    *,
    telegram: LocalTelegramServer,
    services: Services,
    clock: Clock,
    grace: float,
    news: str,
    language: str | None,
    numbers: str,
) -> None:
    local = telegram.telegram
    if language:
        await services.chats.choose(RequestKey(GROUP, "q1"), clock.now, language=language)
    async with new_pipeline(telegram, services, grace=grace) as pipeline, polling(pipeline):
        local.send_text(local.people[EMMA], GROUP, "/add@fridge_bot milk")
        await local.wait_for_message(GROUP)
    new_chat = local.migrate(GROUP)
    in_old, in_new = (update.body for update in local.updates.unconfirmed(0, 100))
    local.updates.confirm_all()
    for update in {"both": (in_old, in_new), "old": (in_old,), "new": (in_new,)}[news]:
        local.push_update({k: v for k, v in update.items() if k != "update_id"})

    async with new_pipeline(telegram, services, grace=grace) as pipeline, polling(pipeline):
        await local.wait_for_message(new_chat)
        await until_all_is_confirmed(local)
        [told] = said_in(local, new_chat)
        assert re.search(numbers.format(new=new_chat, old=GROUP), told)
        event = local.events.last_id
        local.send_text(local.people[EMMA], new_chat, "/fridge@fridge_bot")
        listed = await local.wait_for_message(new_chat, after_event=event)

    assert "milk" in listed["text"]


async def test_a_supergroup_is_told_its_new_number_although_the_database_was_away_meanwhile(
    services: Services,
    pipeline: Pipeline,
    local: LocalTelegram,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    new_chat = local.migrate(GROUP)
    [_, in_new] = (update.body for update in local.updates.unconfirmed(0, 100))
    local.updates.confirm_all()
    read_language = services.chats.language
    reads: list[int] = []

    async def read_at_last(chat_id: int) -> str | None:
        reads.append(chat_id)
        if len(reads) == 1:
            raise DatabaseAway("connection refused")
        return await read_language(chat_id)

    monkeypatch.setattr(services.chats, "language", read_at_last)
    async with polling(pipeline):
        local.push_update({k: v for k, v in in_new.items() if k != "update_id"})
        await until_all_is_confirmed(local)

    assert reads == [new_chat, new_chat]
    assert sum("ALLOWED_IDS" in text for text in said_in(local, new_chat)) == 1


async def test_a_supergroup_that_is_found_out_while_sending_goes_on_and_is_told_its_number_once(
    services: Services, pipeline: Pipeline, local: LocalTelegram, clock: Clock
) -> None:
    new_chat = local.migrate(GROUP)
    news = [update.body for update in local.updates.unconfirmed(0, 100)]
    local.updates.confirm_all()
    due = DueWarning(GROUP, clock.now, clock.now + timedelta(hours=2), [], "en")
    assert await warn(due, services, pipeline.delivery, pipeline.reachability) == new_chat

    async with polling(pipeline):
        event = local.events.last_id
        local.send_text(local.people[EMMA], new_chat, "/add@fridge_bot milk")
        answer = await local.wait_for_message(new_chat, after_event=event)
        assert "Added: 🥛 milk" in seen(answer["text"])
        for update in news:
            local.push_update({k: v for k, v in update.items() if k != "update_id"})
        await until_all_is_confirmed(local)

    assert sum("ALLOWED_IDS" in text for text in said_in(local, new_chat)) == 1


async def test_who_may_no_longer_use_it_is_not_warned_and_no_warning_is_due_until_a_next_use(
    services: Services, pipeline: Pipeline, local: LocalTelegram, clock: Clock
) -> None:
    async def claim() -> Sequence[DueWarning]:
        window = Window("Asia/Seoul", clock.now, clock.now + timedelta(hours=2))
        return (await services.warnings.claim([window], Position(), 10, clock.now)).warnings

    async def add(message: str) -> None:
        milk = NewItem(ItemKey(0, "milk"), "milk")
        await services.fridges.add(RequestKey(MINJI, message), [milk], clock.now, language="ko")
        clock.advance(hours=23)

    await add("m1")
    [due] = await claim()
    assert await warn(due, services, pipeline.delivery, pipeline.reachability) is None
    clock.now += CLAIM_LIFE
    assert not await claim()

    await add("m2")
    assert await claim()
    assert local.messages(MINJI) == []


@pytest.mark.usefixtures("at_work")
async def test_a_group_is_left_however_many_strangers_are_being_answered(
    local: LocalTelegram,
) -> None:
    strangers = [local.add_person(9000 + n, "Mallory", "en") for n in range(MOST_AT_ONCE)]
    local.faults.add(method="sendMessage", times=MOST_AT_ONCE, delay=30)
    for stranger in strangers:
        local.send_text(stranger, stranger.id, "hello")
    await until_all_is_confirmed(local)
    groups = [
        local.create_group(local.people[MINJI], f"Others {number}", [local.people[EMMA]])
        for number in range(MOST_AT_ONCE + 1)
    ]
    for group in groups:
        local.join(group.id, local.people[EMMA])

    async def are_left() -> bool:
        return all(group.standing is Standing.LEFT for group in groups)

    await wait_until(are_left)
    assert not any(said_in(local, stranger.id) for stranger in strangers)
    assert all(len(said_in(local, group.id)) == 1 for group in groups)


@pytest.mark.parametrize("most", [2, 3])
async def test_no_more_groups_wait_to_be_left_than_there_is_room_for(
    bot: Conversation, local: LocalTelegram, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    monkeypatch.setattr("bot.receiving.door.MOST_GROUPS", most)
    local.faults.add(method="sendMessage", times=most, delay=0.5)
    groups = [
        local.create_group(local.people[MINJI], f"Others {number}", [local.people[EMMA]])
        for number in range(4)
    ]
    for group in groups:
        local.join(group.id, local.people[EMMA])

    def left() -> int:
        return sum(group.standing is Standing.LEFT for group in groups)

    async def as_many_are_left() -> bool:
        return left() == most

    await until_all_is_confirmed(local)
    await wait_until(as_many_are_left)
    await bot.say("emma", "/fridge")
    assert left() == most


async def test_a_group_that_refuses_the_message_is_left_all_the_same_and_at_once(
    bot: Conversation, local: LocalTelegram
) -> None:
    group = local.create_group(local.people[MINJI], "Others", [local.people[EMMA]])
    local.faults.add(
        method="sendMessage", times=1, status=400, description="Bad Request: CHAT_WRITE_FORBIDDEN"
    )

    local.join(group.id, local.people[EMMA])

    async def is_left() -> bool:
        return group.standing is Standing.LEFT

    await wait_until(is_left)
    assert said_in(local, group.id) == []
    assert (await bot.say("emma", "/fridge")).text


async def test_what_a_chat_stored_before_it_was_taken_off_the_list_is_turned_away(
    *,
    services: Services,
    pipeline: Pipeline,
    local: LocalTelegram,
    tables: Tables,
) -> None:
    for person in (MINJI, EMMA):
        local.send_text(local.people[person], person, "/add milk")
    stored = [update.body for update in local.updates.unconfirmed(0, 100)]
    local.updates.confirm_all()
    await services.waiting_updates.put(
        [WaitingUpdate(chat_of(each), each["update_id"], json.dumps(each)) for each in stored]
    )

    async with polling(pipeline):
        await local.wait_for_message(EMMA)
        await local.wait_for_message(MINJI)

        async def nothing_waits() -> bool:
            return not await services.waiting_updates.chats()

        await wait_until(nothing_waits)

    assert said_in(local, MINJI) == [NOT_FOR_MINJI]
    assert await tables.count_sessions() == 1


async def test_strangers_without_number_are_answered_a_few_at_once_and_hold_up_nobody(
    bot: Conversation, local: LocalTelegram, release: asyncio.Event
) -> None:
    strangers = [local.add_person(9000 + n, "Mallory", "en") for n in range(3 * MOST_AT_ONCE)]
    local.faults.add(method="sendMessage", times=MOST_AT_ONCE, delay=UNTIL_RELEASED)
    for stranger in strangers:
        local.send_text(stranger, stranger.id, "hello")
    await until_all_is_confirmed(local)

    await bot.say("emma", "/add milk")
    release.set()

    # Who was not told is told at the next message.
    def told() -> int:
        return sum(len(said_in(local, stranger.id)) for stranger in strangers)

    async def first_are_told() -> bool:
        return told() == MOST_AT_ONCE

    await wait_until(first_are_told)
    local.send_text(strangers[-1], strangers[-1].id, "hello?")
    await local.wait_for_message(strangers[-1].id)
    assert told() == MOST_AT_ONCE + 1


def test_everybody_may_use_it_where_the_list_is_empty() -> None:
    allowed = AllowedChats((), [ADMIN_ID])

    assert allowed.allows_everybody
    assert MINJI in allowed
    allowed.follow(MINJI, EMMA)
    assert not allowed.pop_untold(EMMA)


def test_of_those_who_were_told_the_oldest_are_forgotten() -> None:
    chats = RecentChats()
    for chat in range(MOST_REMEMBERED + 1):
        assert chats.add(chat)

    assert 0 not in chats
    assert not chats.add(1)
    assert chats.add(0)
