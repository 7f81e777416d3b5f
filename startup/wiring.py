"""Starts the parts of the program one after the other, and stops them in the opposite order."""

import gc
import logging
import sys
from contextlib import AsyncExitStack
from functools import partial
from typing import Final

from bot.features.registry import REGISTRY
from bot.features.services import build_services
from bot.receiving.chat_queues import ChatQueues
from bot.receiving.wiring import Pipeline, build_pipeline
from bot.sending.flood_limits import FloodLimits
from bot.telegram import menus
from bot.telegram.client import BotApiClient
from bot.understanding.likely_names import LikelyNames
from bot.understanding.parse import Knowledge
from db.connection.database import explained
from fridge.catalogue.catalogue import load_catalogue
from startup.clock import now
from startup.database.opening import open_database
from startup.database.ownership import claim
from startup.errors import BrokenOffError
from startup.jobs import run_jobs
from startup.log import Redactor
from startup.patience import Patience
from startup.process import files_needed
from startup.process.signals import run_until, stop_on_signals
from startup.process.streams import say
from startup.receiving import Receive, start_receiving
from startup.serving import reserve
from startup.settings.settings import Settings
from startup.telegram import (
    Telegram,
    explain_telegram,
    open_telegram,
    reach_telegram,
    refuse_public_playground,
)

logger = logging.getLogger("fridge")

COLLECTOR_THRESHOLDS: Final = (10_000, 20, 20)
"""How many objects are made between two collections of the youngest generation, and how many
collections of a generation come before one of the next older. Python's own are 700, 10 and 10."""


async def run(settings: Settings) -> None:
    """Run the bot until a signal asks it to stop.

    Raises:
        StartError: Telegram can't be reached or refuses the token, or the address is taken.
        DatabaseUnavailable: the database can't be used.
        BackupError: the embedded database can't be saved before a migration.
    """
    async with AsyncExitStack() as stack:
        stopping = stack.enter_context(stop_on_signals())
        # A stop breaks off a start, also one that waits for the database or for Telegram.
        try:
            receive_until = await run_until(stopping, _start(settings, stack))
        except BrokenOffError:
            return
        _collect_garbage_less_often()
        await receive_until(stopping)
        logger.info("Stopping")


async def _start(settings: Settings, stack: AsyncExitStack) -> Receive:
    """Start one part after the other; the stack stops them in the opposite order."""
    patience = Patience(settings.start_patience)

    # First the parts that may be missing or taken: the address, the database, Telegram.
    refuse_public_playground(settings)
    sockets = await stack.enter_async_context(reserve(settings.listen)) if settings.listens else ()
    files_needed.load()
    catalogue = load_catalogue()
    engine = await stack.enter_async_context(open_database(settings, catalogue))
    telegram = await stack.enter_async_context(open_telegram(settings, sockets))

    # The parts, which do nothing yet.
    services = build_services(
        engine,
        catalogue,
        LikelyNames(catalogue),
        Knowledge.of(catalogue),
        ttl=settings.session_ttl,
        warn_before=settings.warning_lead,
        admin_ids=telegram.admin_ids,
        allowed_ids=settings.allowed_ids,
        clock=now,
    )
    pipeline = build_pipeline(
        BotApiClient(telegram.token, telegram.api_url),
        services,
        FloodLimits(paced=settings.paces_itself),
        Redactor((*settings.secrets(), telegram.token)),
    )

    # The first calls to Telegram.
    stack.enter_context(explain_telegram(telegram.api_url))
    stack.push_async_callback(pipeline.bot.shutdown)
    reach = partial(reach_telegram, telegram.api_url, patience)
    await reach(pipeline.bot.initialize)
    # The token was checked with the call before: Telegram has a bot of this number.
    await claim(engine, settings)
    await menus.register(pipeline.bot, REGISTRY.menu, services.admin_ids)

    # The jobs, then the updates that were stored before the stop, then new ones.
    await stack.enter_async_context(run_jobs(pipeline, services, settings))
    stack.push_async_callback(pipeline.door.stop)
    stack.push_async_callback(pipeline.albums.stop)
    stack.push_async_callback(pipeline.queues.stop)
    await patience.wait_for("The database", partial(_resume, pipeline.queues))
    receive = await start_receiving(pipeline, settings, sockets, reach, stack)
    _announce(pipeline, telegram)
    return receive


async def _resume(queues: ChatQueues) -> None:
    with explained():
        await queues.resume()


def _announce(pipeline: Pipeline, telegram: Telegram) -> None:
    if telegram.playground_url:
        say(f"The playground is open: {telegram.playground_url} (Ctrl-C stops it)", sys.stdout)
    else:
        logger.info("Live on Telegram as @%s", pipeline.bot.username)


def _collect_garbage_less_often() -> None:
    """Have the garbage collector skip the objects of the start, and run less often.

    The objects of the start stay: each full collection would go through them, and a person who
    writes at that moment would wait. With Python's thresholds, a collection would also come every
    few answers.
    """
    gc.freeze()
    gc.set_threshold(*COLLECTOR_THRESHOLDS)
