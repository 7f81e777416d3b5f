import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from datetime import timedelta
from typing import Final

import aiohttp
import asyncpg
import pytest

from bot.allowed_chats import AllowedChats
from bot.likely_names import LikelyNames
from bot.pipeline import Pipeline
from bot.services import Services
from db.catalogue.catalogue import Catalogue
from db.chats import ChatRepository
from db.database import Engine
from db.expiry_warnings import ExpiryWarningRepository
from db.failed_updates import FailedUpdateRepository
from db.forgetting import ForgettingRepository
from db.fridges import FridgeRepository
from db.handled_requests import HandledRequestRepository
from db.job_runs import JobRunRepository
from db.lifetime import Lifetime
from db.migrated_groups import MigratedGroupRepository
from db.models import Base, Ingredient
from db.sessions import SessionRepository
from db.statistics import StatisticsRepository
from db.unreachable_chats import UnreachableChatRepository
from db.waiting_updates import WaitingUpdateRepository
from local_telegram.cast import populate
from local_telegram.people import ANONYMOUS_ADMIN
from local_telegram.server import LocalTelegramServer
from local_telegram.telegram import LocalTelegram
from tests.bot.conversation import Conversation
from tests.bot.running import new_pipeline, polling
from tests.conftest import Clock
from tests.db.tables import Tables

ADMIN_ID = 1003

EMPTY: Final = "; ".join(
    f"DELETE FROM {table.name}"
    for table in reversed(Base.metadata.sorted_tables)
    if table.name != Ingredient.__tablename__
)


@pytest.fixture(scope="session")
def spare_databases() -> list[str]:
    """Databases that a test has used and that are empty again."""
    return []


@pytest.fixture
def database_url(new_database: Callable[[], str], spare_databases: list[str]) -> Iterator[str]:
    """A database with empty tables; it takes much longer to make one than to empty one."""
    url = spare_databases.pop() if spare_databases else new_database()
    yield url
    try:
        asyncio.run(_empty(url))
    except (asyncpg.PostgresError, TimeoutError):
        return  # a test that failed has left it in disorder
    spare_databases.append(url)


@pytest.fixture
async def telegram() -> AsyncIterator[LocalTelegramServer]:
    telegram = LocalTelegram()
    populate(telegram)
    async with LocalTelegramServer(telegram) as server:
        yield server


@pytest.fixture(scope="session")
def likely_names(catalogue: Catalogue) -> LikelyNames:
    return LikelyNames(catalogue)


@pytest.fixture
def allowed_ids() -> Sequence[int]:
    """Who may use the bot: everybody."""
    return ()


@pytest.fixture
def services(
    engine: Engine,
    catalogue: Catalogue,
    likely_names: LikelyNames,
    clock: Clock,
    allowed_ids: Sequence[int],
) -> Services:
    lifetime = Lifetime(timedelta(hours=24))
    return Services(
        catalogue=catalogue,
        likely_names=likely_names,
        chats=ChatRepository(engine),
        fridges=FridgeRepository(engine, lifetime),
        sessions=SessionRepository(engine, lifetime),
        statistics=StatisticsRepository(engine, lifetime),
        job_runs=JobRunRepository(engine),
        handled_requests=HandledRequestRepository(engine),
        failed_updates=FailedUpdateRepository(engine),
        waiting_updates=WaitingUpdateRepository(engine),
        migrated_groups=MigratedGroupRepository(engine, lifetime),
        warnings=ExpiryWarningRepository(engine, lifetime),
        unreachable_chats=UnreachableChatRepository(engine),
        forgetting=ForgettingRepository(engine),
        # With the account that speaks for anonymous admins: it is nobody's.
        admin_ids=frozenset({ADMIN_ID, int(ANONYMOUS_ADMIN["id"])}),
        allowed=AllowedChats(allowed_ids, [ADMIN_ID]),
        ttl=lifetime.ttl,
        warn_before=timedelta(hours=2),
        clock=clock,
        started_at=clock.now,
    )


@pytest.fixture
def grace() -> float:
    """How many seconds a batch may take: what is confirmed is handled, also on a slow machine."""
    return 5


@pytest.fixture
async def pipeline(
    telegram: LocalTelegramServer, services: Services, grace: float
) -> AsyncIterator[Pipeline]:
    async with new_pipeline(telegram, services, grace=grace) as pipeline:
        yield pipeline


@pytest.fixture
async def bot(telegram: LocalTelegramServer, pipeline: Pipeline) -> AsyncIterator[Conversation]:
    """The bot at work, and people who talk to it."""
    async with polling(pipeline), aiohttp.ClientSession(telegram.url) as session:
        yield Conversation(session)


@pytest.fixture
def tables(engine: Engine) -> Tables:
    return Tables(engine)


async def _empty(url: str) -> None:
    connection = await asyncpg.connect(url, command_timeout=10)
    try:
        await connection.execute(EMPTY)
    finally:
        await connection.close()
