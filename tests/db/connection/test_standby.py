"""What is acknowledged while the synchronous standby is gone: nothing, so that nothing is lost."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Final

import asyncpg
import pytest

from db.chats.forgetting import ForgettingRepository
from db.chats.migrated_groups import MigratedGroupRepository
from db.chats.settings import ChatRepository
from db.connection.database import Engine, create_engine
from db.connection.errors import DatabaseAway
from db.fridges.repository import FridgeRepository
from db.fridges.sessions import SessionRepository
from db.updates.handled_requests import HandledRequestRepository
from db.updates.recorded_outcomes import RecordedOutcome
from db.updates.waiting_updates import WaitingUpdate, WaitingUpdateRepository
from fridge.items import ItemKey, NewItem
from fridge.lifetime import Lifetime
from fridge.outcomes import Outcome
from fridge.request_keys import RequestKey, RequestKind
from tests.waiting import wait_until
from tools.chaos.servers.postgres import make_database
from tools.chaos.servers.postgres_pair import Pair

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("standby")]

Change = Callable[[Engine], Awaitable[object]]

CHAT: Final = 7
NOW: Final = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
LIFETIME: Final = Lifetime(timedelta(hours=24))
MILK: Final = NewItem(ItemKey(0, "milk"), "milk")
EGG: Final = NewItem(ItemKey(0, "egg"), "egg")
BRIEF_SECONDS: Final = 0.2


def message(number: int) -> RequestKey:
    return RequestKey(CHAT, f"m{number}")


CHANGES: Final[dict[str, Change]] = {
    "putting in": lambda engine: FridgeRepository(engine, LIFETIME).add(message(2), [EGG], NOW),
    "taking out": lambda engine: FridgeRepository(engine, LIFETIME).remove(
        message(3), [MILK.key], NOW
    ),
    "a choice": lambda engine: ChatRepository(engine).choose(message(4), NOW, language="ko"),
    "a record": lambda engine: HandledRequestRepository(engine).record(
        message(5).to(RequestKind.CLEANUP), RecordedOutcome(), NOW
    ),
    "an offer": lambda engine: HandledRequestRepository(engine).offer(message(6), ["egg"], NOW),
    "an update that waits": lambda engine: WaitingUpdateRepository(engine).put(
        [WaitingUpdate(CHAT, 1, "{}")]
    ),
    "a group's move": lambda engine: MigratedGroupRepository(engine, LIFETIME).move(
        CHAT, CHAT + 1, NOW
    ),
    "forgetting": lambda engine: ForgettingRepository(engine).forget(message(7), NOW, NOW),
}


@pytest.fixture(scope="module")
def lone_primary() -> Iterator[str]:
    """The database of a primary whose standby is gone, with milk in the fridge."""
    pair = Pair()

    async def prepare() -> str:
        await pair.start()
        url = await make_database(pair.url, "lone")
        engine = create_engine(url)
        await FridgeRepository(engine, LIFETIME).add(message(1), [MILK], NOW)
        await engine.dispose()
        return url

    url = asyncio.run(prepare())
    pair.standby.kill()
    yield url
    pair.stop()


@pytest.fixture
async def impatient(lone_primary: str) -> AsyncIterator[Engine]:
    engine = create_engine(lone_primary, command_timeout=BRIEF_SECONDS)
    yield engine
    await engine.dispose()


@pytest.mark.parametrize("what", CHANGES)
async def test_a_change_that_no_standby_has_is_never_done_however_often_it_is_tried(
    what: str, impatient: Engine
) -> None:
    for _ in range(2):
        with pytest.raises(DatabaseAway, match="no answer in time"):
            await CHANGES[what](impatient)


async def test_what_waited_is_done_once_when_the_primary_is_let_go_on_alone(
    lone_primary: str, impatient: Engine
) -> None:
    tofu = NewItem(ItemKey(0, "tofu"), "tofu")
    fridges = FridgeRepository(impatient, LIFETIME)
    with pytest.raises(DatabaseAway):
        await fridges.add(message(8), [tofu], NOW)
    operator = await asyncpg.connect(lone_primary)
    names: str = await operator.fetchval("SHOW synchronous_standby_names")

    await operator.execute("ALTER SYSTEM SET synchronous_standby_names = ''")
    await operator.execute("SELECT pg_reload_conf()")

    async def is_added() -> bool:
        try:
            added = await fridges.add(message(8), [tofu], NOW)
        except DatabaseAway:  # the setting has not arrived everywhere
            return False
        return added.outcomes == {tofu.key: Outcome.ADDED}

    await wait_until(is_added)
    await operator.execute(f"ALTER SYSTEM SET synchronous_standby_names = {names}")
    await operator.execute("SELECT pg_reload_conf()")
    await operator.close()


async def test_a_job_waits_for_no_standby_because_its_next_run_repeats_what_is_lost(
    lone_primary: str,
) -> None:
    connection = await asyncpg.connect(lone_primary)
    await connection.execute("SET synchronous_commit = off")
    await connection.execute(
        """
        INSERT INTO user_fridge_sessions
            (chat_id, created_at, expires_at, last_accessed, revision)
        SELECT $1, times.it, times.it, times.it, 1 FROM (SELECT $2::timestamptz) AS times (it)
        """,
        CHAT + 2,
        NOW - timedelta(days=2),
    )
    await connection.close()
    engine = create_engine(lone_primary)

    assert await SessionRepository(engine, LIFETIME).purge_expired(NOW) == 1

    await engine.dispose()
