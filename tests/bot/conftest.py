import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import timedelta

import aiohttp
import pytest

from bot.features.services import Services, build_services
from bot.receiving.wiring import Pipeline
from bot.understanding.likely_names import LikelyNames
from bot.understanding.parse import Knowledge
from db.connection.database import Engine
from fridge.catalogue.catalogue import Catalogue
from local_telegram.playground.sample_people import add_sample_people
from local_telegram.server import LocalTelegramServer
from local_telegram.state.people import ANONYMOUS_ADMIN
from local_telegram.telegram import LocalTelegram
from tests.bot.conversation import Conversation
from tests.bot.running import new_pipeline, polling
from tests.bot.seconds import Seconds
from tests.conftest import Clock
from tests.db.tables import Tables

ADMIN_ID = 1003
UNTIL_RELEASED = 1e6


@pytest.fixture
async def telegram() -> AsyncIterator[LocalTelegramServer]:
    telegram = LocalTelegram(shortest_repeated_poll=0)
    add_sample_people(telegram)
    async with LocalTelegramServer(telegram) as server:
        yield server


@pytest.fixture
def local(telegram: LocalTelegramServer) -> LocalTelegram:
    """What the server serves."""
    return telegram.telegram


@pytest.fixture
def release(local: LocalTelegram, monkeypatch: pytest.MonkeyPatch) -> asyncio.Event:
    """When it is set, the calls go on whose fault is a delay of `UNTIL_RELEASED`."""
    released = asyncio.Event()

    async def sleep(seconds: float) -> None:
        await (released.wait() if seconds == UNTIL_RELEASED else asyncio.sleep(seconds))

    monkeypatch.setattr(local, "sleep", sleep)
    return released


@pytest.fixture(scope="session")
def likely_names(catalogue: Catalogue) -> LikelyNames:
    return LikelyNames(catalogue)


@pytest.fixture(scope="session")
def knowledge(catalogue: Catalogue) -> Knowledge:
    return Knowledge.of(catalogue)


@pytest.fixture
def allowed_ids() -> Sequence[int]:
    """Who may use the bot: everybody."""
    return ()


@pytest.fixture
def services(  # noqa: PLR0917 (fixtures)
    engine: Engine,
    catalogue: Catalogue,
    likely_names: LikelyNames,
    knowledge: Knowledge,
    clock: Clock,
    allowed_ids: Sequence[int],
) -> Services:
    return build_services(
        engine,
        catalogue,
        likely_names,
        knowledge,
        ttl=timedelta(hours=24),
        warn_before=timedelta(hours=2),
        # With the account that speaks for anonymous admins: it is nobody's.
        admin_ids=frozenset({ADMIN_ID, int(ANONYMOUS_ADMIN["id"])}),
        allowed_ids=allowed_ids,
        clock=clock,
    )


@pytest.fixture
def seconds() -> Seconds:
    return Seconds()


@pytest.fixture
def grace() -> float:
    """How many seconds a batch may take: what is confirmed is handled, also on a slow machine."""
    return 60


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
