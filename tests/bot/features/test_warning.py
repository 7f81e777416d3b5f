"""The warning before a list is forgotten, and what becomes of a tap on it."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from typing import Any, Final

import pytest
from sqlalchemy import RowMapping, text
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.conversation.replies import Message
from bot.features.services import Services
from bot.features.warnings.handlers import warn
from bot.receiving.wiring import Pipeline
from db.fridges.expiry_warnings import Position, Window
from fridge.request_keys import RequestKey
from local_telegram.server import LocalTelegramServer
from local_telegram.telegram import LocalTelegram
from startup.jobs import build_warnings, run_jobs
from startup.settings.settings import Settings
from tests.bot.conversation import GROUP, Conversation, Said, seen
from tests.bot.running import new_pipeline
from tests.conftest import Clock
from tests.db.tables import Tables
from tests.waiting import wait_until

LEAD: Final = timedelta(hours=2)
EMMA: Final = 1002
MINJI: Final = 1001
BLOCKED: Final = "Forbidden: bot was blocked by the user"
WARNING: Final = "⏳ I'll forget this list in about 2 hours: quark, 🥛 milk"

RunJob = Callable[..., Awaitable[None]]
ReadTable = Callable[[str], Awaitable[Sequence[RowMapping]]]


@pytest.fixture
def pass_time(pipeline: Pipeline, services: Services, clock: Clock) -> RunJob:
    """Lets some time pass, and then the job run."""

    async def run(**by: float) -> None:
        clock.advance(**by)
        await build_warnings(pipeline, services, LEAD, paced=False).run()

    return run


@pytest.fixture
def read(engine: AsyncEngine) -> ReadTable:
    async def read(table: str) -> Sequence[RowMapping]:
        async with engine.connect() as connection:
            rows = await connection.execute(text(f"SELECT * FROM {table}"))
            return rows.mappings().all()

    return read


def said_in(telegram: LocalTelegram, chat: int) -> list[Said]:
    """What the bot has said in a chat, oldest first."""
    return [
        Said(
            chat=chat,
            message_id=message["message_id"],
            text=seen(message["text"]),
            buttons={
                button["text"]: button["callback_data"]
                for row in message.get("reply_markup", {}).get("inline_keyboard", [])
                for button in row
            },
            markup=message.get("reply_markup", {}),
        )
        for message in telegram.messages(chat)
        if message["from"]["is_bot"] and "text" in message
    ]


async def test_a_chat_is_warned_in_its_language_and_keeps_its_fridge(
    bot: Conversation, telegram: LocalTelegramServer, pass_time: RunJob, clock: Clock
) -> None:
    await bot.say("emma", "/add quark, milk")
    await bot.say("minji", "/add 우유")
    await pass_time(hours=21, minutes=59)
    assert [len(said_in(telegram.telegram, chat)) for chat in (EMMA, MINJI)] == [1, 1]

    await pass_time(minutes=1)
    await pass_time(minutes=1)

    [_, warning] = said_in(telegram.telegram, EMMA)
    assert warning.text == WARNING
    assert list(warning.buttons) == ["Keep for another 24 hours"]
    [_, korean] = said_in(telegram.telegram, MINJI)
    assert korean.text == "⏳ 약 2시간 뒤에 이 목록이 지워져요: 🥛 우유"
    assert list(korean.buttons) == ["24시간 더 기억하기"]

    clock.advance(hours=1)
    [kept] = (await bot.tap("emma", warning, "Keep for another 24 hours")).messages
    assert (kept.message_id, kept.text) == (
        warning.message_id,
        "Kept for another 24 hours, with 2 items.",
    )
    await pass_time(hours=21)
    assert len(said_in(telegram.telegram, EMMA)) == 2
    await pass_time(hours=1)
    assert len(said_in(telegram.telegram, EMMA)) == 3


async def test_who_hides_behind_a_group_does_not_change_the_language_of_its_warning(
    bot: Conversation, telegram: LocalTelegramServer, pass_time: RunJob
) -> None:
    local = telegram.telegram
    await bot.say("minji", "/add 우유", chat=GROUP)
    event = local.events.last_id
    local.send_text(local.people[MINJI], GROUP, "/add 두부", as_anonymous_admin=True)
    await local.wait_for_message(GROUP, after_event=event)

    await pass_time(hours=22)

    assert said_in(local, GROUP)[-1].text.startswith("⏳ 약 2시간 뒤에 이 목록이 지워져요")


async def test_what_has_gone_comes_back_and_stale_buttons_do_no_harm(
    *,
    bot: Conversation,
    telegram: LocalTelegramServer,
    services: Services,
    pass_time: RunJob,
    clock: Clock,
    tables: Tables,
) -> None:
    await bot.say("emma", "/add <quark>")
    await pass_time(hours=22)
    await bot.say("emma", "/add milk")
    await pass_time(hours=22)
    [_, first, _, second] = said_in(telegram.telegram, EMMA)
    assert first.text == "⏳ I'll forget this list in about 2 hours: <quark>"
    now = clock.advance(hours=3)
    assert await services.sessions.purge_expired(now) == 1

    late = await bot.tap("emma", first, "Keep for another 24 hours")
    assert late.notice == "I have forgotten this list, and can't bring it back any more."
    assert late.messages == []

    [back] = (await bot.tap("emma", second, "Keep for another 24 hours")).messages
    assert back.text == (
        "Put back: 🥛 milk, <quark>\n2 items in the fridge now.\n"
        "⏳ I'll remember this list for another 24 hours."
    )
    [again] = (
        await bot.tap_data("emma", second, second.buttons["Keep for another 24 hours"])
    ).messages
    assert again.text == "Kept for another 24 hours, with 2 items."
    await bot.tap("emma", first, "Keep for another 24 hours")
    assert "2 items" in (await bot.say("emma", "/fridge")).text
    session = await tables.session(EMMA)
    assert session is not None
    assert session["language"] == "en"  # of the next warning


async def test_who_blocked_the_bot_hears_nothing_until_that_ends(
    bot: Conversation, telegram: LocalTelegramServer, pass_time: RunJob, read: ReadTable
) -> None:
    local = telegram.telegram
    emma, minji = local.people[EMMA], local.people[MINJI]
    await bot.say("emma", "/add milk, quark")
    await bot.say("minji", "/add 우유")
    local.block(emma)

    async def is_recorded() -> bool:
        return [row["chat_id"] for row in await read("unreachable_chats")] == [EMMA]

    await wait_until(is_recorded)
    local.faults.add(method="sendMessage", times=1, status=403, description=BLOCKED)

    await pass_time(hours=22)
    await pass_time(minutes=6)

    assert len(said_in(local, EMMA)) == len(said_in(local, MINJI)) == 1
    assert {row["chat_id"] for row in await read("unreachable_chats")} == {EMMA, MINJI}
    assert [row["sent_at"] for row in await read("expiry_warnings")] == [None]

    local.block(minji)
    local.unblock(emma)
    local.unblock(minji)

    async def is_forgotten() -> bool:
        return not await read("unreachable_chats")

    await wait_until(is_forgotten)
    await pass_time(minutes=1)
    assert [len(said_in(local, chat)) for chat in (EMMA, MINJI)] == [2, 2]


async def test_who_took_the_bot_back_and_told_another_replica_is_warned(
    *,
    bot: Conversation,
    telegram: LocalTelegramServer,
    pipeline: Pipeline,
    services: Services,
    pass_time: RunJob,
    clock: Clock,
) -> None:
    await bot.say("emma", "/add milk")
    await pipeline.reachability.lose(EMMA)
    # The other replica.
    await services.unreachable_chats.drop(EMMA)
    clock.advance(minutes=10)
    await services.fridges.keep(RequestKey(EMMA, "m900"), clock.now)

    await pass_time(hours=22)

    assert said_in(telegram.telegram, EMMA)[-1].text.startswith("⏳")


async def test_the_program_runs_the_job_by_itself(
    *,
    bot: Conversation,
    telegram: LocalTelegramServer,
    pipeline: Pipeline,
    services: Services,
    clock: Clock,
) -> None:
    await bot.say("emma", "/add milk")
    clock.advance(hours=22)
    settings = Settings(
        warn_before=LEAD, cleanup_interval=timedelta(hours=1), session_ttl=services.ttl
    )

    async def is_warned() -> bool:
        return len(said_in(telegram.telegram, EMMA)) == 2

    async with run_jobs(pipeline, services, settings):
        await wait_until(is_warned)


async def test_two_replicas_and_faults_make_one_message(
    telegram: LocalTelegramServer, services: Services, bot: Conversation, clock: Clock
) -> None:
    local = telegram.telegram
    await bot.say("emma", "/add quark, milk")
    clock.advance(hours=22)
    local.faults.add(method="sendMessage", times=2, status=502)

    async with new_pipeline(telegram, services) as one, new_pipeline(telegram, services) as other:
        replicas = [build_warnings(each, services, LEAD, paced=False) for each in (one, other)]
        await asyncio.gather(*(replica.run() for replica in replicas))
        clock.advance(minutes=6)
        await asyncio.gather(*(replica.run() for replica in replicas))

    assert [said.text for said in said_in(local, EMMA)][1:] == [WARNING]


async def test_a_warning_that_telegram_refuses_is_not_tried_again(
    bot: Conversation, telegram: LocalTelegramServer, pass_time: RunJob, read: ReadTable
) -> None:
    local = telegram.telegram
    await bot.say("emma", "/add milk")
    local.faults.add(
        method="sendMessage", times=1, status=400, description="Bad Request: can't parse entities"
    )

    await pass_time(hours=22)
    await pass_time(minutes=6)

    assert len(said_in(local, EMMA)) == 1
    [warning] = await read("expiry_warnings")
    assert warning["sent_at"] is not None


async def test_a_warning_that_can_not_be_written_down_is_not_tried_again(
    bot: Conversation,
    telegram: LocalTelegramServer,
    pass_time: RunJob,
    read: ReadTable,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    await bot.say("emma", "/add milk")
    text: Any = {"no text, but a set"}

    def no_text(*_: object) -> Message:
        return Message(text)

    monkeypatch.setattr("bot.features.warnings.handlers.view.warning", no_text)

    await pass_time(hours=22)

    assert len(said_in(telegram.telegram, EMMA)) == 1
    [warning] = await read("expiry_warnings")
    assert warning["sent_at"] is not None


async def test_a_group_that_has_moved_is_warned_once_where_it_is_now(
    *,
    telegram: LocalTelegramServer,
    services: Services,
    pipeline: Pipeline,
    pass_time: RunJob,
    bot: Conversation,
    clock: Clock,
) -> None:
    local = telegram.telegram
    await bot.say("emma", "/add milk", chat=GROUP)
    clock.advance(hours=22)
    window = Window("UTC", clock.now, clock.now + LEAD)
    [due] = (await services.warnings.claim([window], Position(), 50, clock.now)).warnings
    new_chat = local.migrate(GROUP)

    assert await warn(due, services, pipeline.delivery, pipeline.reachability) == new_chat
    await services.warnings.mark_sent(new_chat, due.last_accessed, clock.now)
    await pass_time(minutes=6)

    [warning] = said_in(local, new_chat)
    clock.advance(hours=3)
    [back] = (await bot.tap("emma", warning, "Keep for another 24 hours")).messages
    assert back.text.startswith("Put back: 🥛 milk\n")
