"""The job that warns, with a Telegram that the test holds in its hand."""

import asyncio
import gc
import logging
import time
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta

import pytest
from sqlalchemy import text

from db.chats.migrated_groups import MigratedGroupRepository
from db.connection.database import Engine
from db.connection.errors import DatabaseAway
from db.fridges.expiry_warnings import CLAIM_LIFE, DueWarning, ExpiryWarningRepository
from db.fridges.repository import FridgeRepository
from db.fridges.sessions import SessionRepository
from db.operation.job_runs import WARN, JobRunRepository
from fridge.items import ItemKey, NewItem
from fridge.lifetime import Lifetime
from fridge.request_keys import RequestKey
from jobs.expiry_warnings import BATCH_SIZE, MOST_AT_ONCE, ExpiryWarnings
from tests.conftest import Clock
from tests.waiting import wait_until

LIFETIME = Lifetime(timedelta(hours=24))

Send = Callable[[DueWarning], Awaitable[int | None]]


class Warned:
    """The chats that have got a warning, in their order."""

    def __init__(self) -> None:
        self.chats: list[int] = []

    async def send(self, warning: DueWarning) -> int | None:
        """Send it."""
        self.chats.append(warning.chat_id)
        return warning.chat_id


class ForgetfulWarnings(ExpiryWarningRepository):
    """The warnings, of which one can't be marked at first."""

    times = 2

    async def mark_sent(self, chat_id: int, last_accessed: datetime, now: datetime) -> None:
        """Mark it, if the table can be reached."""
        if self.times:
            self.times -= 1
            raise DatabaseAway("connection refused")
        await super().mark_sent(chat_id, last_accessed, now)


class UnmarkedWarnings(ExpiryWarningRepository):
    """The warnings, of which none is marked: so the last of a batch ends before the next batch."""

    async def mark_sent(self, chat_id: int, last_accessed: datetime, now: datetime) -> None:
        """Wait for nothing."""


def job(
    engine: Engine,
    clock: Clock,
    send: Send,
    *,
    paced: bool = False,
    lead: timedelta = timedelta(hours=2),
    warnings: ExpiryWarningRepository | None = None,
    **seconds: float,
) -> ExpiryWarnings:
    return ExpiryWarnings(
        warnings=warnings or ExpiryWarningRepository(engine, LIFETIME),
        sessions=SessionRepository(engine, LIFETIME),
        runs=JobRunRepository(engine),
        send=send,
        lead=lead,
        zones=["UTC"],
        paced=paced,
        clock=clock,
        **seconds,
    )


@pytest.fixture
def fill(engine: Engine, clock: Clock) -> Callable[[int], Awaitable[list[int]]]:
    """Fills so many fridges, one after the other, of which the time to warn then comes."""
    fridges = FridgeRepository(engine, LIFETIME)

    async def fill(count: int) -> list[int]:
        chats = list(range(1, count + 1))
        for chat in chats:
            milk = NewItem(ItemKey(0, "milk"), "milk")
            await fridges.add(RequestKey(chat, "m1"), [milk], clock.now)
            clock.advance(milliseconds=1)
        clock.advance(hours=22)
        return chats

    return fill


Fill = Callable[[int], Awaitable[list[int]]]


async def test_one_replica_works_until_its_interval_ends_and_then_another_goes_on(
    engine: Engine, clock: Clock, fill: Fill
) -> None:
    chats = await fill(120)
    warned, others = Warned(), Warned()
    other = job(engine, clock, others.send)

    async def send_slowly(warning: DueWarning) -> int | None:
        if warning.chat_id == 1:
            await other.run()
        clock.advance(seconds=1)
        return await warned.send(warning)

    await job(engine, clock, send_slowly).run()
    assert sorted(warned.chats) == chats[:100]

    await other.run()

    assert others.chats == chats[100:]
    [run] = await JobRunRepository(engine).last_finished([WARN])
    assert run.affected == 20


async def test_the_fridges_that_expire_first_are_warned_of_first_also_after_a_use(
    engine: Engine, clock: Clock
) -> None:
    fridges, warned = FridgeRepository(engine, LIFETIME), Warned()
    milk = NewItem(ItemKey(0, "milk"), "milk")
    await fridges.add(RequestKey(1, "m1"), [milk], clock.now)
    clock.advance(minutes=30)
    await fridges.add(RequestKey(2, "m1"), [milk], clock.now)
    clock.advance(minutes=30)
    await fridges.list(1, clock.now)
    clock.advance(hours=22)

    await job(engine, clock, warned.send).run()

    assert warned.chats == [2, 1]


async def test_what_a_killed_replica_has_claimed_is_sent_some_minutes_later(
    engine: Engine, clock: Clock, fill: Fill
) -> None:
    chats = await fill(30)
    warned = Warned()

    async def send_ten(warning: DueWarning) -> int | None:
        if warning.chat_id > 10:
            await asyncio.Event().wait()
        return await warned.send(warning)

    async def are_marked() -> bool:
        async with engine.connect() as connection:
            marked = await connection.execute(text("SELECT count(sent_at) FROM expiry_warnings"))
            return int(marked.scalar_one()) == 10

    killed = asyncio.create_task(job(engine, clock, send_ten).run())
    await wait_until(are_marked)
    for task in asyncio.all_tasks() - {asyncio.current_task()}:
        task.cancel()
    await asyncio.gather(killed, return_exceptions=True)

    survivor = job(engine, clock, warned.send)
    clock.advance(minutes=1)
    await survivor.run()
    assert warned.chats == chats[:10]
    clock.now += CLAIM_LIFE
    await survivor.run()
    assert warned.chats == chats


async def test_a_message_that_takes_too_long_holds_up_no_other_and_is_sent_later(
    *,
    engine: Engine,
    clock: Clock,
    fill: Fill,
    caplog: pytest.LogCaptureFixture,
) -> None:
    await fill(3)
    warned, hanging = Warned(), {2}

    async def send(warning: DueWarning) -> int | None:
        if warning.chat_id in hanging:
            hanging.clear()
            await asyncio.Event().wait()
        return await warned.send(warning)

    warnings = job(engine, clock, send, seconds_to_send=0.05)
    with caplog.at_level(logging.WARNING, logger="jobs"):
        await warnings.run()
    assert caplog.messages == ["A warning could not be sent, it is tried again in some minutes"]
    clock.now += CLAIM_LIFE
    await warnings.run()

    assert warned.chats == [1, 3, 2]


async def test_a_database_that_goes_away_costs_no_second_message(
    engine: Engine, clock: Clock, fill: Fill
) -> None:
    await fill(3)
    warned, failing = Warned(), {1}

    async def send(warning: DueWarning) -> int | None:
        if warning.chat_id in failing:
            failing.clear()
            raise DatabaseAway("connection refused")
        return await warned.send(warning)

    forgetful = ForgetfulWarnings(engine, LIFETIME)
    warnings = job(engine, clock, send, warnings=forgetful, seconds_between_marks=0.01)
    with pytest.raises(DatabaseAway):
        await warnings.run()
    assert warned.chats == [2, 3]
    clock.now += CLAIM_LIFE
    await warnings.run()

    assert warned.chats == [2, 3, 1]


@pytest.mark.parametrize("count", [2, 30], ids=["all are on their way", "more are to come"])
async def test_each_error_of_messages_that_are_sent_side_by_side_is_raised(
    engine: Engine, clock: Clock, fill: Fill, count: int
) -> None:
    await fill(count)
    begun: list[int] = []
    overlooked: list[Mapping[str, object]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, error: overlooked.append(error))

    async def send(warning: DueWarning) -> int | None:
        begun.append(warning.chat_id)
        if warning.chat_id <= 2:
            raise ValueError(warning.chat_id)
        return warning.chat_id

    with pytest.raises(ExceptionGroup) as raised:
        await job(engine, clock, send).run()
    gc.collect()

    assert sorted(error.args for error in raised.value.exceptions) == [(1,), (2,)]
    assert overlooked == []
    assert len(begun) == min(count, MOST_AT_ONCE)


async def test_a_group_that_becomes_another_chat_while_it_is_warned_is_warned_once(
    engine: Engine, clock: Clock, fill: Fill
) -> None:
    [group] = await fill(1)
    supergroup = group + 1
    warned = Warned()

    async def send(warning: DueWarning) -> int | None:
        await MigratedGroupRepository(engine, LIFETIME).move(group, supergroup, clock.now)
        await warned.send(warning)
        return supergroup

    await job(engine, clock, send).run()
    clock.now += CLAIM_LIFE
    await job(engine, clock, warned.send).run()

    assert warned.chats == [group]


async def test_a_chat_that_takes_no_messages_is_not_counted_as_warned(
    engine: Engine, clock: Clock, fill: Fill
) -> None:
    await fill(3)

    async def send(warning: DueWarning) -> int | None:
        return None if warning.chat_id == 2 else warning.chat_id

    await job(engine, clock, send).run()

    [run] = await JobRunRepository(engine).last_finished([WARN])
    assert run.affected == 2


async def test_paced_messages_are_few_at_once_and_25_a_second(
    engine: Engine, clock: Clock, fill: Fill
) -> None:
    chats = await fill(30)
    warned, at_once = Warned(), set[int]()

    async def send(warning: DueWarning) -> int | None:
        at_once.add(warning.chat_id)
        assert len(at_once) <= MOST_AT_ONCE
        await asyncio.sleep(0)
        at_once.remove(warning.chat_id)
        return await warned.send(warning)

    before = time.monotonic()
    await job(engine, clock, send, paced=True).run()

    assert warned.chats == chats
    assert 0.75 <= time.monotonic() - before < 30


async def test_after_a_quiet_time_the_first_few_go_at_once(
    engine: Engine, clock: Clock, fill: Fill, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("jobs.expiry_warnings.MOST_A_SECOND", 0.1)
    chats = await fill(MOST_AT_ONCE)
    warned = Warned()

    async with asyncio.timeout(60):  # less than so many turns take
        await job(engine, clock, warned.send, paced=True).run()

    assert sorted(warned.chats) == chats


async def test_a_batch_that_would_last_beyond_the_interval_is_left_to_the_next_run(
    engine: Engine, clock: Clock, fill: Fill, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("jobs.expiry_warnings.MOST_A_SECOND", 1000)
    chats = await fill(BATCH_SIZE + 5)
    warned = Warned()
    # As long before the interval's end as a batch takes.
    clock.now = clock.now.replace(second=59, microsecond=1_000_000 - 1000 * BATCH_SIZE)

    await job(engine, clock, warned.send, paced=True).run()

    assert sorted(warned.chats) == chats[:BATCH_SIZE]


async def test_who_stops_begins_with_no_further_message(
    engine: Engine, clock: Clock, fill: Fill
) -> None:
    chats = await fill(60)
    warned = Warned()

    async def send(warning: DueWarning) -> int | None:
        if warning.chat_id == 5:
            warnings.stop()
        return await warned.send(warning)

    warnings = job(engine, clock, send)
    await warnings.run()

    assert warned.chats == chats[:5]


async def test_who_stops_waits_for_no_turn_of_the_rest_of_a_batch(
    engine: Engine, clock: Clock, fill: Fill, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("jobs.expiry_warnings.MOST_A_SECOND", 1)
    await fill(BATCH_SIZE)
    warned = Warned()

    async def send(warning: DueWarning) -> int | None:
        warnings.stop()
        return await warned.send(warning)

    warnings = job(engine, clock, send, paced=True)
    async with asyncio.timeout(30):  # the turns of the rest take 40 seconds
        await warnings.run()

    assert len(warned.chats) == 1


async def test_who_stops_at_the_end_of_a_batch_claims_no_further_one(
    engine: Engine, clock: Clock, fill: Fill
) -> None:
    chats = await fill(BATCH_SIZE + 5)
    warned, others = Warned(), Warned()

    async def send(warning: DueWarning) -> int | None:
        if warning.chat_id == BATCH_SIZE:
            warnings.stop()
        return await warned.send(warning)

    warnings = job(engine, clock, send, warnings=UnmarkedWarnings(engine, LIFETIME))
    await warnings.run()
    clock.advance(minutes=1)
    await job(engine, clock, others.send).run()

    assert others.chats == chats[BATCH_SIZE:]


def test_the_shorter_the_lead_the_more_often_it_runs(engine: Engine, clock: Clock) -> None:
    def interval(**lead: float) -> timedelta:
        return job(engine, clock, Warned().send, lead=timedelta(**lead)).interval

    assert interval(hours=2) == timedelta(minutes=1)
    assert interval(minutes=1) == timedelta(seconds=15)
    assert interval(seconds=1) == timedelta(seconds=1)


@pytest.mark.parametrize("count", [1, 30], ids=["all are on their way", "more are to come"])
async def test_a_run_that_is_broken_off_breaks_off_what_does_not_end(
    engine: Engine, clock: Clock, fill: Fill, count: int
) -> None:
    await fill(count)
    on_their_way: set[int] = set()
    all_are = asyncio.Event()

    async def send(warning: DueWarning) -> int | None:
        on_their_way.add(warning.chat_id)
        if len(on_their_way) == min(count, MOST_AT_ONCE):
            all_are.set()
        try:
            return await asyncio.Future[int]()
        finally:
            on_their_way.remove(warning.chat_id)

    run = asyncio.create_task(job(engine, clock, send, seconds_to_finish=0.05).run())
    await asyncio.wait_for(all_are.wait(), 60)

    run.cancel()
    await asyncio.wait_for(asyncio.wait((run,)), 60)

    assert run.cancelled()
    assert not on_their_way


@pytest.mark.parametrize("count", [3, 30], ids=["all are on their way", "more are to come"])
async def test_nobody_is_warned_twice_because_of_a_stop(
    engine: Engine, clock: Clock, fill: Fill, count: int
) -> None:
    chats = await fill(count)
    warned, answer = Warned(), asyncio.Event()
    all_are_sent = asyncio.Event()
    first = min(count, MOST_AT_ONCE)

    async def send(warning: DueWarning) -> int | None:
        await warned.send(warning)
        if len(warned.chats) == first:
            all_are_sent.set()
        # Telegram has it, but its answer is still to come.
        await answer.wait()
        return warning.chat_id

    warnings = job(engine, clock, send)
    run = asyncio.create_task(warnings.run())
    await asyncio.wait_for(all_are_sent.wait(), 60)
    warnings.stop()
    run.cancel()
    await asyncio.sleep(0)
    answer.set()
    await asyncio.wait_for(asyncio.wait((run,)), 60)
    assert run.cancelled()
    assert len(warned.chats) == first

    clock.now += CLAIM_LIFE
    await job(engine, clock, warned.send).run()

    assert sorted(warned.chats) == chats
