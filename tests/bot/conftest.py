import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import aiohttp
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.api import BotApi
from bot.application import BotApplication, build_application
from bot.polling import Polling
from bot.services import Services
from db.catalogue.catalogue import Catalogue
from db.chats import ChatRepository
from db.fridges import FridgeRepository
from db.job_runs import JobRunRepository
from db.lifetime import Lifetime
from db.sessions import SessionRepository
from db.statistics import StatisticsRepository
from local_telegram.cast import populate
from local_telegram.people import ANONYMOUS_ADMIN
from local_telegram.server import LocalTelegramServer
from local_telegram.telegram import LocalTelegram
from tests.bot.conversation import Conversation
from tests.conftest import Clock
from tests.db.tables import Tables

ADMIN_ID = 1003


@pytest.fixture
async def telegram() -> AsyncIterator[LocalTelegramServer]:
    telegram = LocalTelegram()
    populate(telegram)
    async with LocalTelegramServer(telegram) as server:
        yield server


@pytest.fixture
def services(engine: AsyncEngine, catalogue: Catalogue, clock: Clock) -> Services:
    lifetime = Lifetime(timedelta(hours=24))
    return Services(
        catalogue=catalogue,
        chats=ChatRepository(engine),
        fridges=FridgeRepository(engine, lifetime),
        sessions=SessionRepository(engine, lifetime),
        statistics=StatisticsRepository(engine, lifetime),
        job_runs=JobRunRepository(engine),
        # With the account that speaks for anonymous admins: it is nobody's.
        admin_ids=frozenset({ADMIN_ID, int(ANONYMOUS_ADMIN["id"])}),
        ttl=lifetime.ttl,
        clock=clock,
        started_at=clock.now,
    )


@pytest.fixture
async def application(
    telegram: LocalTelegramServer, services: Services
) -> AsyncIterator[BotApplication]:
    application = build_application(BotApi(telegram.telegram.token, telegram.url), services)
    async with application:
        yield application


@pytest.fixture
async def bot(
    telegram: LocalTelegramServer, application: BotApplication
) -> AsyncIterator[Conversation]:
    """The bot at work, and people who talk to it."""
    stopping = asyncio.Event()
    polling = asyncio.create_task(Polling(application).run(stopping))
    async with aiohttp.ClientSession(telegram.url) as session:
        yield Conversation(session)
    stopping.set()
    await polling


@pytest.fixture
def tables(engine: AsyncEngine) -> Tables:
    return Tables(engine)
