"""Puts the parts of the program together, runs them, and stops them in the opposite order."""

import asyncio
import gc
import logging
import sys
from collections.abc import AsyncGenerator, Awaitable, Callable, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from functools import partial
from typing import Any, Final

from telegram.error import BadRequest

from bot.features.registry import REGISTRY
from bot.features.services import Services, build_services
from bot.features.settings.time_zones import TIME_ZONES
from bot.features.warnings.handlers import warn
from bot.receiving.chat_queues import ChatQueues
from bot.receiving.pipeline import Pipeline, build_pipeline
from bot.receiving.polling import Polling
from bot.receiving.rivals import poll_instead_of_webhook
from bot.receiving.routing import BotApplication, Context
from bot.receiving.webhook import Webhook
from bot.receiving.webhook_watch import WebhookWatch
from bot.sending.flood_limits import FloodLimits
from bot.telegram import menus
from bot.telegram.client import BotApi
from bot.understanding.likely_names import LikelyNames
from db.connection.database import explained
from db.fridges.expiry_warnings import DueWarning
from fridge.catalogue.catalogue import load_catalogue
from jobs.expiry_warnings import ExpiryWarnings
from jobs.schedule import Schedule, ScheduledJobs
from startup import files_needed
from startup.clock import now
from startup.database import open_database
from startup.errors import BrokenOffError, StartError
from startup.log import Redactor
from startup.ownership import claim
from startup.patience import Patience
from startup.serving import reserve, serve
from startup.settings import Settings
from startup.signals import stop_on_signals, until
from startup.streams import say
from startup.telegram import (
    Telegram,
    explain_telegram,
    open_telegram,
    reach_telegram,
    refuse_strangers,
)

logger = logging.getLogger("fridge")

SECONDS_FOR_JOBS: Final = 1.0

COLLECTOR_THRESHOLDS: Final = (10_000, 20, 20)
"""Objects made before the youngest are looked at, and looks before older ones are, and the oldest.
Python's own are 700, 10 and 10."""

Receive = Callable[[asyncio.Event], Awaitable[None]]


async def run(settings: Settings) -> None:
    """Run the bot until a signal asks it to stop.

    Raises:
        StartError: Telegram can't be reached or refuses the token, or the address is taken.
        DatabaseUnavailable: the database can't be used.
    """
    async with AsyncExitStack() as stack:
        stopping = stack.enter_context(stop_on_signals())
        # Whatever a start waits for, a stop does not wait for it.
        try:
            receive_until = await until(stopping, _start(settings, stack))
        except BrokenOffError:
            return
        _spare_collections()
        await receive_until(stopping)
        logger.info("Stopping")


async def _start(settings: Settings, stack: AsyncExitStack) -> Receive:
    """Start one part after the other; the stack stops them in the opposite order.

    Returns:
        What receives updates until an event is set.
    """
    patience = Patience(settings.start_patience)
    refuse_strangers(settings)
    sockets = await stack.enter_async_context(reserve(settings.listen)) if settings.listens else ()
    files_needed.load()
    catalogue = load_catalogue()
    engine = await stack.enter_async_context(open_database(settings, catalogue))
    telegram = await stack.enter_async_context(open_telegram(settings, sockets))
    services = build_services(
        engine,
        catalogue,
        LikelyNames(catalogue),
        ttl=settings.session_ttl,
        warn_before=settings.warning_lead,
        admin_ids=telegram.admin_ids,
        allowed_ids=settings.allowed_ids,
        clock=now,
    )
    pipeline = build_pipeline(
        BotApi(telegram.token, telegram.api_url),
        services,
        FloodLimits(paced=settings.paces_itself),
        Redactor((*settings.secrets(), telegram.token)),
    )
    bot, application = pipeline.bot, pipeline.application
    stack.enter_context(explain_telegram(telegram.api_url))

    reach = partial(reach_telegram, telegram.api_url, patience)
    stack.push_async_callback(bot.shutdown)
    stack.push_async_callback(application.shutdown)
    await reach(application.initialize)
    # Only now it is known that Telegram has a bot of this number.
    await claim(engine, settings)
    await menus.register(bot, REGISTRY.menu, services.admin_ids)
    schedule = _schedule(application, services)
    _schedule_jobs(schedule, services, settings)
    await stack.enter_async_context(_started(application, schedule))
    await stack.enter_async_context(_meanwhile(schedule.watch()))
    if settings.warning_lead is not None:
        warnings = _schedule_warnings(
            schedule, pipeline, services, settings.warning_lead, paced=settings.paces_itself
        )
        stack.callback(warnings.stop)
    stack.push_async_callback(pipeline.door.stop)
    stack.push_async_callback(pipeline.queues.stop)
    await patience.wait_for("The database", partial(_resume, pipeline.queues))
    receive: Receive = Polling(pipeline).run
    if settings.webhook_url and settings.webhook_secret:
        webhook = Webhook(
            pipeline,
            url=settings.webhook_url,
            secret=settings.webhook_secret.get_secret_value(),
            reply_in_response=settings.reply_in_response,
        )
        await stack.enter_async_context(serve(webhook.build_server(), sockets, settings.listen))
        await reach(partial(_register, webhook))
        receive = WebhookWatch(bot, webhook).run
    else:
        await reach(partial(poll_instead_of_webhook, bot))
    _announce(application, telegram)
    return receive


def _spare_collections() -> None:
    """Have the garbage collector look at less, and less often.

    It would go again and again through all that was made at the start, which stays, and whoever
    writes at that moment would wait for it; and every few answers through what is under way.
    """
    gc.freeze()
    gc.set_threshold(*COLLECTOR_THRESHOLDS)


@asynccontextmanager
async def _meanwhile(work: Coroutine[Any, Any, None]) -> AsyncGenerator[None]:
    """Some work that goes on meanwhile, and is then broken off."""
    task = asyncio.create_task(work)
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait((task,))


@asynccontextmanager
async def _started(
    application: BotApplication, schedule: Schedule[Context]
) -> AsyncGenerator[None]:
    """The application with its jobs running; those that run at the end get a little time."""
    await application.start()
    try:
        yield
    finally:
        await schedule.stop(SECONDS_FOR_JOBS)
        await application.stop()


def _schedule(application: BotApplication, services: Services) -> Schedule[Context]:
    if application.job_queue is None:
        raise RuntimeError("The application was built without a job queue")
    return Schedule(application.job_queue, services.clock)


def _schedule_jobs(schedule: Schedule[Context], services: Services, settings: Settings) -> None:
    interval = settings.cleanup_interval
    jobs = ScheduledJobs(
        sessions=services.sessions,
        handled_requests=services.handled_requests,
        failed_updates=services.failed_updates,
        warnings=services.warnings,
        unreachable_chats=services.unreachable_chats,
        runs=services.job_runs,
        interval=interval,
        clock=services.clock,
    )
    schedule.add(jobs, interval)


def _schedule_warnings(
    schedule: Schedule[Context],
    pipeline: Pipeline,
    services: Services,
    lead: timedelta,
    *,
    paced: bool,
) -> ExpiryWarnings:
    async def send(due: DueWarning) -> int | None:
        return await warn(due, services, pipeline.delivery)

    warnings = ExpiryWarnings(
        warnings=services.warnings,
        sessions=services.sessions,
        runs=services.job_runs,
        send=send,
        lead=lead,
        zones=TIME_ZONES,
        paced=paced,
        clock=services.clock,
    )
    schedule.add(warnings, warnings.interval)
    return warnings


def _announce(application: BotApplication, telegram: Telegram) -> None:
    if telegram.playground_url:
        say(f"The playground is open: {telegram.playground_url} (Ctrl-C stops it)", sys.stdout)
    else:
        logger.info("Live on Telegram as @%s", application.bot.username)


async def _resume(queues: ChatQueues) -> None:
    with explained():
        await queues.resume()


async def _register(webhook: Webhook) -> None:
    try:
        await webhook.register()
    except BadRequest as error:
        raise StartError(
            f"Telegram refuses WEBHOOK_URL ({error}): "
            "it must be an https address on port 443, 80, 88 or 8443 that Telegram can reach"
        ) from error
