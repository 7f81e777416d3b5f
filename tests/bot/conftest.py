import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import aiohttp
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.api import BotApi
from bot.flood_limits import FloodLimits
from bot.log import Redactor
from bot.pipeline import Pipeline, build_pipeline
from bot.polling import Polling
from bot.services import Services
from db.catalogue.catalogue import Catalogue
from db.chats import ChatRepository
from db.failed_updates import FailedUpdateRepository
from db.fridges import FridgeRepository
from db.handled_requests import HandledRequestRepository
from db.job_runs import JobRunRepository
from db.lifetime import Lifetime
from db.migrated_groups import MigratedGroupRepository
from db.sessions import SessionRepository
from db.statistics import StatisticsRepository
from db.waiting_updates import WaitingUpdateRepository
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
        handled_requests=HandledRequestRepository(engine),
        failed_updates=FailedUpdateRepository(engine),
        waiting_updates=WaitingUpdateRepository(engine),
        migrated_groups=MigratedGroupRepository(engine, lifetime),
        # With the account that speaks for anonymous admins: it is nobody's.
        admin_ids=frozenset({ADMIN_ID, int(ANONYMOUS_ADMIN["id"])}),
        ttl=lifetime.ttl,
        clock=clock,
        started_at=clock.now,
    )


@pytest.fixture
async def pipeline(telegram: LocalTelegramServer, services: Services) -> AsyncIterator[Pipeline]:
    token = telegram.telegram.token
    bot = BotApi(token, telegram.url)
    pipeline = build_pipeline(bot, services, FloodLimits(paced=False), Redactor([token]))
    async with pipeline.application:
        yield pipeline


@pytest.fixture
async def bot(telegram: LocalTelegramServer, pipeline: Pipeline) -> AsyncIterator[Conversation]:
    """The bot at work, and people who talk to it."""
    stopping = asyncio.Event()
    polling = asyncio.create_task(Polling(pipeline.bot, pipeline.queues).run(stopping))
    async with aiohttp.ClientSession(telegram.url) as session:
        yield Conversation(session)
    stopping.set()
    await polling


@pytest.fixture
def tables(engine: AsyncEngine) -> Tables:
    return Tables(engine)
