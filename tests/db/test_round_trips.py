import asyncio
from collections.abc import (
    AsyncIterator,
    Awaitable,
    Callable,
    Generator,
    Iterator,
    Mapping,
    Sequence,
)
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from unittest.mock import patch

import asyncpg
import pytest
from sqlalchemy import event, text
from sqlalchemy.engine import Connection

from db.chats import ChatRepository
from db.database import Engine, create_engine
from db.expiry_warnings import ExpiryWarningRepository, Position, Window
from db.failed_updates import FailedUpdateRepository
from db.forgetting import ForgettingRepository
from db.fridges import FridgeRepository, ItemKey, NewItem
from db.handled_requests import HandledRequestRepository, RequestKey
from db.job_runs import JobRunRepository
from db.lifetime import Lifetime
from db.migrated_groups import MigratedGroupRepository
from db.sessions import SessionRepository
from db.unreachable_chats import UnreachableChatRepository
from db.waiting_updates import WaitingUpdate, WaitingUpdateRepository
from tests.db.conftest import CHAT
from tests.db.requests import sent
from tests.db.wire import CountingProxy

NOW: Final = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
HOUR: Final = timedelta(hours=1)
REPEATED: Final = RequestKey(CHAT, "repeated")
ITEMS: Final = [NewItem(ItemKey(0, name), name) for name in ("우유", "계란", "tofu", "quark")]
KEYS: Final = [item.key for item in ITEMS[:1]]


class Repositories:
    """All that asks the database something for a chat, or for a job."""

    def __init__(self, engine: Engine) -> None:
        lifetime = Lifetime(timedelta(hours=24))
        self.fridges = FridgeRepository(engine, lifetime)
        self.chats = ChatRepository(engine)
        self.handled_requests = HandledRequestRepository(engine)
        self.waiting_updates = WaitingUpdateRepository(engine)
        self.failed_updates = FailedUpdateRepository(engine)
        self.migrated_groups = MigratedGroupRepository(engine, lifetime)
        self.forgetting = ForgettingRepository(engine)
        self.warnings = ExpiryWarningRepository(engine, lifetime)
        self.unreachable_chats = UnreachableChatRepository(engine)
        self.sessions = SessionRepository(engine, lifetime)
        self.job_runs = JobRunRepository(engine)


Command = Callable[[Repositories, datetime], Awaitable[object]]

OF_A_CHAT: Final[Mapping[str, Command]] = {
    "add": lambda to, now: to.fridges.add(sent(CHAT), ITEMS, now),
    "list": lambda to, now: to.fridges.list(CHAT, now),
    "remove": lambda to, now: to.fridges.remove(sent(CHAT), KEYS, now),
    "take": lambda to, now: to.fridges.take(sent(CHAT), ITEMS[1].key.reference, now),
    "replace": lambda to, now: to.fridges.replace(
        sent(CHAT), ITEMS[2].key.reference, ITEMS[0], now
    ),
    "clear": lambda to, now: to.fridges.clear(sent(CHAT), now, now),
    "undo": lambda to, now: to.fridges.undo(sent(CHAT), REPEATED.to("remove"), now),
    "keep": lambda to, now: to.fridges.keep(sent(CHAT), now),
    "keep what was warned of": lambda to, now: to.warnings.keep(sent(CHAT), now, now),
    "mark a warning as sent": lambda to, now: to.warnings.mark_sent(CHAT, now, now),
    "take no messages": lambda to, now: to.unreachable_chats.put(CHAT, now),
    "take messages": lambda to, _: to.unreachable_chats.drop(CHAT),
    "a delivery again": lambda to, now: to.fridges.remove(REPEATED, KEYS, now),
    "choose a language": lambda to, now: to.chats.choose(sent(CHAT), now, language="ko"),
    "ask for the language": lambda to, _: to.chats.language(CHAT),
    "ask for the settings": lambda to, _: to.chats.settings(CHAT),
    "what is stored": lambda to, _: to.forgetting.stored(CHAT),
    "find a record": lambda to, _: to.handled_requests.find(REPEATED),
    "record": lambda to, now: to.handled_requests.record(sent(CHAT), {}, now),
    "offer": lambda to, now: to.handled_requests.offer(sent(CHAT), ["milk"], now),
    "find an offer": lambda to, _: to.handled_requests.offered(REPEATED),
    "let wait": lambda to, _: to.waiting_updates.put([WaitingUpdate(CHAT, 1, "{}")]),
    "the next that wait": lambda to, _: to.waiting_updates.next(CHAT, 0, 100),
    "wait no more": lambda to, _: to.waiting_updates.drop(CHAT, 1),
    "record a failure": lambda to, now: to.failed_updates.record(CHAT, 1, "", "", now),
}

OF_JOBS: Final[Mapping[str, Command]] = {
    "forget": lambda to, now: to.forgetting.forget(sent(CHAT), now, now),
    "move": lambda to, now: to.migrated_groups.move(CHAT, -CHAT, now),
    "extend": lambda to, now: to.sessions.extend_used(now + 2 * HOUR, now),
    "purge": lambda to, now: to.sessions.purge_expired(now),
    "claim warnings": lambda to, now: to.warnings.claim(
        [Window(zone, now, now + 2 * HOUR) for zone in ("UTC", "Asia/Seoul")], Position(), 50, now
    ),
    "forget warnings": lambda to, now: to.warnings.forget_old(now),
    "forget unreachable chats": lambda to, now: to.unreachable_chats.forget_old(now),
    "forget requests": lambda to, now: to.handled_requests.forget_old(now),
    "forget failures": lambda to, now: to.failed_updates.forget_old(now),
    "summarise failures": lambda to, now: to.failed_updates.summary(now - timedelta(days=1)),
    "claim a run": lambda to, now: to.job_runs.claim("purge", now, now),
    "finish a run": lambda to, now: to.job_runs.finish("purge", now, 0, now),
    "the last runs": lambda to, _: to.job_runs.last_finished(["extend", "purge"]),
}


@pytest.mark.parametrize("command", OF_A_CHAT.values(), ids=OF_A_CHAT.keys())
async def test_a_command_is_one_round_trip(command: Command, database_url: str) -> None:
    proxy = CountingProxy(database_url)
    async with proxy.running() as url:
        engine = create_engine(url)
        repositories = Repositories(engine)
        await command(repositories, NOW)  # connects, and prepares the statement
        before = proxy.round_trips

        await command(repositories, NOW + HOUR)

        assert proxy.round_trips - before == 1
        await engine.dispose()


# As full as a small instance is, with as much to do for the jobs as there is each hour.
FILL: Final = """
    INSERT INTO user_fridge_sessions
        (chat_id, created_at, expires_at, last_accessed, revision)
        SELECT row_number() OVER (), used, used + interval '24 hours', used, 1
        FROM generate_series(
            timestamptz '2026-02-28 11:00Z', '2026-03-01 12:00Z', '18 seconds'
        ) AS used;
    INSERT INTO user_fridge_ingredients
        SELECT chat_id, 0, 'thing' || number, '', created_at
        FROM user_fridge_sessions, generate_series(1, 6) AS number;
    INSERT INTO chat_settings (chat_id, language)
        SELECT chat, 'ko' FROM generate_series(1, 5000) AS chat;
    INSERT INTO expiry_warnings
        SELECT row_number() OVER (), warned, warned, warned, warned, warned, '{}'
        FROM generate_series(
            timestamptz '2026-01-30 11:00Z', '2026-03-01 12:00Z', '5 minutes'
        ) AS warned;
    INSERT INTO unreachable_chats
        SELECT row_number() OVER (), since
        FROM generate_series(
            timestamptz '2026-01-30 11:00Z', '2026-03-01 12:00Z', '5 minutes'
        ) AS since;
    INSERT INTO handled_requests
        SELECT row_number() OVER () % 5000, handled, handled, '{}'
        FROM generate_series(
            timestamptz '2026-02-27 11:00Z', '2026-03-01 12:00Z', '5 seconds'
        ) AS handled;
    INSERT INTO waiting_updates
        SELECT number % 100, number, '{}' FROM generate_series(1, 10000) AS number;
    INSERT INTO failed_updates
        SELECT row_number() OVER (), 1, failed, '', repeat(md5(failed::text), 30)
        FROM generate_series(
            timestamptz '2026-01-30 11:00Z', '2026-03-01 12:00Z', '40 minutes'
        ) AS failed;
    INSERT INTO job_runs
        SELECT job, begun, begun, begun, 0
        FROM unnest(ARRAY['extend', 'purge']) AS job, generate_series(
            timestamptz '2026-01-30 11:00Z', '2026-03-01 11:00Z', '1 hour'
        ) AS begun;
    ANALYZE;
"""


@pytest.fixture(scope="module")
def full_database_url(new_database: Callable[[], str]) -> str:
    url = new_database()

    async def fill() -> None:
        connection = await asyncpg.connect(url)
        await connection.execute(FILL)
        await connection.close()

    asyncio.run(fill())
    return url


@pytest.fixture
async def full(full_database_url: str) -> AsyncIterator[Engine]:
    engine = create_engine(full_database_url)
    yield engine
    await engine.dispose()


@contextmanager
def noting_statements(engine: Engine) -> Generator[list[tuple[str, Any]]]:
    """Give the statements that are run meanwhile, each with its parameters."""
    noted: list[tuple[str, Any]] = []

    def note(
        _connection: Connection,
        _cursor: object,
        statement: str,
        parameters: Any,  # noqa: ANN401 (SQLAlchemy's own form)
        _context: object,
        _many: bool,  # noqa: FBT001 (SQLAlchemy's own form)
    ) -> None:
        noted.append((statement, parameters))

    async def fetch(connection: asyncpg.Connection, statement: str, *parameters: object) -> Any:  # noqa: ANN401 (as asyncpg's)
        noted.append((statement, parameters))
        return await asyncpg_fetch(connection, statement, *parameters)

    asyncpg_fetch = asyncpg.Connection.fetch
    event.listen(engine.sync_engine, "before_cursor_execute", note)
    with patch.object(asyncpg.Connection, "fetch", fetch):
        yield noted
    event.remove(engine.sync_engine, "before_cursor_execute", note)


Node = Mapping[str, Any]


async def plan(engine: Engine, command: Command) -> Sequence[Node]:
    """The steps of PostgreSQL's plans for the statements of a command, each below its parent."""
    with noting_statements(engine) as noted:
        await command(Repositories(engine), NOW)
    nodes: list[Node] = []
    async with engine.connect() as connection:
        for statement, parameters in noted:
            rows = await connection.exec_driver_sql(
                f"EXPLAIN (FORMAT JSON) {statement}", parameters
            )
            nodes.extend(below(rows.scalar_one()[0]["Plan"]))
    return nodes


def below(node: Node) -> Iterator[Node]:
    yield node
    for child in node.get("Plans", ()):
        yield from below({**child, "Parent": node["Node Type"]})


def reads_all(node: Node) -> bool:
    """Whether it reads a whole table or index, but for the catalogue, which is small."""
    if node.get("Relation Name") == "ingredients":
        return False
    if node["Node Type"] == "Seq Scan":
        return True
    is_bounded = "Index Cond" in node or node.get("Parent") == "Limit"
    return "Index Name" in node and not is_bounded


EVERYTHING: Final = {**OF_A_CHAT, **OF_JOBS}


@pytest.mark.parametrize("command", EVERYTHING.values(), ids=EVERYTHING.keys())
async def test_nothing_is_searched_through_from_end_to_end(command: Command, full: Engine) -> None:
    nodes = await plan(full, command)

    assert nodes
    assert [node for node in nodes if reads_all(node)] == []


async def test_every_index_serves_a_statement(full: Engine) -> None:
    used: set[str] = set()
    for command in EVERYTHING.values():
        for node in await plan(full, command):
            used |= {node.get("Index Name", ""), *node.get("Conflict Arbiter Indexes", ())}

    async with full.connect() as connection:
        indexes = await connection.execute(
            text("SELECT indexname FROM pg_indexes WHERE schemaname = 'public'")
        )
        made = set(indexes.scalars())
    assert made - used == {"alembic_version_pkc"}
