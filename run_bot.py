"""Starts the fridge bot: puts the parts together, runs them, and stops them in order."""

import argparse
import asyncio
import gc
import logging
import os
import secrets
import signal
import sys
from collections.abc import AsyncGenerator, Awaitable, Callable, Coroutine, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, Final

import uvloop
from aiohttp import web
from telegram.error import BadRequest, InvalidToken, TelegramError

from bot import __version__, menus
from bot.api import BotApi
from bot.application import BotApplication
from bot.flood_limits import FloodLimits
from bot.handlers.warning import warn
from bot.likely_names import LikelyNames
from bot.log import Redactor, configure_logging
from bot.pipeline import Pipeline, build_pipeline
from bot.polling import Polling
from bot.services import Services
from bot.settings import Address, Settings, SettingsError, load_settings
from bot.time_zones import TIME_ZONES
from bot.webhook import Webhook
from db.catalogue.catalogue import Catalogue, load_catalogue
from db.chats import ChatRepository
from db.database import Engine, check, create_engine, explained
from db.embedded import EmbeddedPostgres
from db.errors import DatabaseUnavailable
from db.expiry_warnings import DueWarning, ExpiryWarningRepository
from db.failed_updates import FailedUpdateRepository
from db.forgetting import ForgettingRepository
from db.fridges import FridgeRepository
from db.handled_requests import HandledRequestRepository
from db.job_runs import JobRunRepository
from db.lifetime import Lifetime
from db.migrate import migrate
from db.migrated_groups import MigratedGroupRepository
from db.sessions import SessionRepository
from db.statistics import StatisticsRepository
from db.times import to_microseconds
from db.unreachable_chats import UnreachableChatRepository
from db.waiting_updates import WaitingUpdateRepository
from jobs.expiry_warnings import ExpiryWarnings
from jobs.schedule import ScheduledJobs, schedule
from local_telegram.cast import populate
from local_telegram.loopback import is_loopback
from local_telegram.server import LocalTelegramServer
from local_telegram.telegram import LocalTelegram

logger = logging.getLogger("fridge")

# aiohttp waits so long twice: for the requests to end, and for those that it has cancelled.
SECONDS_TO_STOP: Final = 3.5
SECONDS_FOR_JOBS: Final = 1.0

COLLECTOR_THRESHOLDS: Final = (10_000, 20, 20)
"""Objects made before the youngest are looked at, and looks before older ones are, and the oldest.
Python's own are 700, 10 and 10."""

PLAYGROUND_NUMBERS: Final = 2_000_000_000
"""How many numbers there are for messages and updates, which have 31 bits each."""

Receive = Callable[[asyncio.Event], Awaitable[None]]

USAGE: Final = """\
Runs the fridge bot until Ctrl-C or SIGTERM.

With BOT_TOKEN it is live on Telegram. Without, it runs in the playground: a chat
page on this machine, whose address it prints. Settings are environment variables,
or lines in a file named .env in the working directory:

  BOT_TOKEN         token from @BotFather; without one, only the playground runs
  TELEGRAM_API_URL  root of another Bot API server (default: Telegram's own)
  DATABASE_URL      postgresql://user:password@host:port/db, version 15 or newer
                    (default: an embedded PostgreSQL)
  DATA_DIR          where the embedded PostgreSQL keeps its files (default: ./data)
  ADMIN_IDS         Telegram user ids that may send /stats and /cleanup, with commas
  SESSION_TTL       how long a fridge lives after its last use (default: 24h)
  WARN_BEFORE       how long before a fridge empties itself its chat is warned, at
                    most half of SESSION_TTL, or off (default: 2h)
  CLEANUP_INTERVAL  how often the jobs run (default: 1h)
  WEBHOOK_URL       public https address; set, the bot uses a webhook; unset, it polls
  WEBHOOK_SECRET    required with WEBHOOK_URL: 1-256 characters of A-Z a-z 0-9 _ -
  REPLY_IN_RESPONSE on or off: whether an answer to a webhook's post travels in its
                    response, which is a call less (default: on)
  FLOOD_LIMITS      on or off: whether to send no faster than Telegram's limits
                    (default: on, but off with a TELEGRAM_API_URL)
  LISTEN            where the webhook or the playground listens
                    (default: 127.0.0.1:8080)
  LOG_LEVEL         DEBUG, INFO, WARNING, ERROR or CRITICAL (default: INFO)
"""


class StartError(Exception):
    """The bot can't start; the message is one line: what is wrong, and how to mend it."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the program.

    Returns:
        The exit status: 0 after a requested stop, 1 if it could not start, 2 for a wrong setting.
    """
    parser = argparse.ArgumentParser(
        prog="run_bot.py", description=USAGE, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--version", action="version", version=f"fridge bot {__version__}")
    parser.parse_args(arguments)
    try:
        settings = load_settings()
    except SettingsError as error:
        return _fail(str(error), 2)
    # python-telegram-bot warns about every duration that it gives as a number.
    os.environ["PTB_TIMEDELTA"] = "true"
    configure_logging(settings.log_level, settings.secrets())
    try:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(run(settings))
    except (StartError, DatabaseUnavailable) as error:
        return _fail(Redactor(settings.secrets())(str(error)), 1)
    except KeyboardInterrupt:
        return _fail("Stopped at once, as a second Ctrl-C asks for", 130)
    return 0


async def run(settings: Settings) -> None:
    """Run the bot until a signal asks it to stop.

    Raises:
        StartError: Telegram can't be reached or refuses the token, or the address is taken.
        DatabaseUnavailable: the database can't be used.
    """
    stopping = _stop_on_signals()
    async with AsyncExitStack() as stack:
        # Whatever a start waits for, a stop does not wait for it.
        starting = asyncio.create_task(_start(settings, stack))
        stop = asyncio.create_task(stopping.wait())
        await asyncio.wait((starting, stop), return_when=asyncio.FIRST_COMPLETED)
        stop.cancel()
        if not starting.done():
            starting.cancel()
            await asyncio.wait((starting,))
            return
        receive_until = starting.result()
        _spare_collections()
        await receive_until(stopping)
        logger.info("Stopping")


async def _start(settings: Settings, stack: AsyncExitStack) -> Receive:
    """Start one part after the other; the stack stops them in the opposite order.

    Returns:
        What receives updates until an event is set.
    """
    catalogue = load_catalogue()
    engine = await stack.enter_async_context(_database(settings, catalogue))
    telegram = await stack.enter_async_context(_telegram(settings))
    services = _services(settings, engine, catalogue, telegram.admin_ids)
    pipeline = build_pipeline(
        BotApi(telegram.token, telegram.api_url),
        services,
        FloodLimits(paced=settings.paces_itself),
        Redactor((*settings.secrets(), telegram.token)),
    )
    bot, application = pipeline.bot, pipeline.application
    await stack.enter_async_context(_explained(telegram.api_url))
    stack.push_async_callback(bot.shutdown)
    await stack.enter_async_context(application)
    await menus.register(bot, services.admin_ids)
    _schedule_jobs(application, services, settings)
    await stack.enter_async_context(_started(application))
    if settings.warning_lead is not None:
        warnings = _schedule_warnings(
            pipeline, services, settings.warning_lead, paced=settings.paces_itself
        )
        stack.callback(warnings.stop)
    stack.push_async_callback(pipeline.queues.stop)
    with explained():
        await pipeline.queues.resume()
    receive: Receive = Polling(bot, pipeline.queues).run
    if settings.webhook_url and settings.webhook_secret:
        webhook = Webhook(
            pipeline,
            url=settings.webhook_url,
            secret=settings.webhook_secret.get_secret_value(),
            reply_in_response=settings.reply_in_response,
        )
        await stack.enter_async_context(_serving(webhook.build_server(), settings.listen))
        await _register(webhook)
        receive = _wait_for
    else:
        await bot.delete_webhook()
    _announce(application, telegram)
    return receive


def _spare_collections() -> None:
    """Have the garbage collector look at less, and less often.

    It would go again and again through all that was made at the start, which stays, and whoever
    writes at that moment would wait for it; and every few answers through what is under way.
    """
    gc.freeze()
    gc.set_threshold(*COLLECTOR_THRESHOLDS)


@dataclass(frozen=True, slots=True)
class _Telegram:
    """Where the bot finds Telegram, and who its admins are there."""

    token: str = field(repr=False)
    api_url: str
    admin_ids: frozenset[int]
    playground_url: str | None = None


@asynccontextmanager
async def _database(settings: Settings, catalogue: Catalogue) -> AsyncGenerator[Engine]:
    """The engine of DATABASE_URL, or of the embedded server, which runs meanwhile; migrated."""
    async with AsyncExitStack() as stack:
        restart: Callable[[], Awaitable[str]] | None = None
        if settings.database_url:
            url = settings.database_url.get_secret_value()
        else:
            server = EmbeddedPostgres(settings.data_dir)
            stack.push_async_callback(asyncio.to_thread, server.stop)
            restart = partial(_start_server, server)
            url = await restart()
        patient = create_engine(url, command_timeout=None)
        try:
            await check(patient)
            await migrate(patient, catalogue)
        finally:
            await patient.dispose()
        engine = create_engine(url, restart=restart)
        stack.push_async_callback(engine.dispose)
        yield engine


async def _start_server(server: EmbeddedPostgres) -> str:
    return await _whole(asyncio.to_thread(server.start))


@asynccontextmanager
async def _telegram(settings: Settings) -> AsyncGenerator[_Telegram]:
    """Telegram, or the stand-in with its chat page, which runs meanwhile."""
    if settings.bot_token:
        token = settings.bot_token.get_secret_value()
        yield _Telegram(token, settings.telegram_api_url, settings.admin_ids)
        return
    host, port = settings.listen
    if not is_loopback(host):
        raise StartError(
            f"The playground lets everybody in, so it can't listen on {host}: "
            "set LISTEN to 127.0.0.1:8080, or BOT_TOKEN to go live"
        )
    # Nobody else can know the token, so that no web page can pass for the bot.
    token = f"1234567890:{secrets.token_urlsafe(26)}"
    configure_logging(settings.log_level, (*settings.secrets(), token))
    # The bot remembers what it answered, and takes what has the same number for the same again. So
    # each start counts on from another millisecond: there are 23 days of them.
    started = to_microseconds(_now()) // 1000 % PLAYGROUND_NUMBERS
    telegram = LocalTelegram(token=token, record_calls=False, numbered_after=started)
    populate(telegram)
    server = LocalTelegramServer(telegram)
    try:
        await server.start(host, port)
    except OSError as error:
        raise _address_in_use(settings.listen, error) from error
    try:
        admins = frozenset(person.id for person in telegram.people.values() if person.is_admin)
        yield _Telegram(telegram.token, server.url, settings.admin_ids | admins, server.url)
    finally:
        await server.stop()


@asynccontextmanager
async def _explained(api_url: str) -> AsyncGenerator[None]:
    """Say in a line why it does not go without Telegram."""
    try:
        yield
    except InvalidToken as error:
        raise StartError(
            "Telegram does not know this BOT_TOKEN: copy it again from @BotFather"
        ) from error
    except TelegramError as error:
        raise StartError(
            f"Telegram can't be reached at {api_url} ({error}): "
            "check the network, and TELEGRAM_API_URL if it is set"
        ) from error


@asynccontextmanager
async def _started(application: BotApplication) -> AsyncGenerator[None]:
    """The application with its jobs running; those that run at the end get a little time."""
    await application.start()
    try:
        yield
    finally:
        try:
            async with asyncio.timeout(SECONDS_FOR_JOBS):
                await application.stop()
        except TimeoutError:
            logger.warning("A job was broken off; the next run does what is left of it")


@asynccontextmanager
async def _serving(server: web.Server, listen: Address) -> AsyncGenerator[None]:
    """A web server that runs meanwhile; the requests that it has at the end are finished."""
    runner = web.ServerRunner(server, shutdown_timeout=SECONDS_TO_STOP)
    await runner.setup()
    try:
        try:
            await web.TCPSite(runner, *listen).start()
        except OSError as error:
            raise _address_in_use(listen, error) from error
        yield
    finally:
        await runner.cleanup()


def _services(
    settings: Settings, engine: Engine, catalogue: Catalogue, admin_ids: frozenset[int]
) -> Services:
    lifetime = Lifetime(settings.session_ttl)
    return Services(
        catalogue=catalogue,
        likely_names=LikelyNames(catalogue),
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
        admin_ids=admin_ids,
        ttl=settings.session_ttl,
        warn_before=settings.warning_lead,
        clock=_now,
        started_at=_now(),
    )


def _schedule_jobs(application: BotApplication, services: Services, settings: Settings) -> None:
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
    if application.job_queue is not None:
        schedule(application.job_queue, jobs, interval, services.clock())


def _schedule_warnings(
    pipeline: Pipeline, services: Services, lead: timedelta, *, paced: bool
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
    queue = pipeline.application.job_queue
    if queue is not None:
        schedule(queue, warnings, warnings.interval, services.clock())
    return warnings


def _announce(application: BotApplication, telegram: _Telegram) -> None:
    if telegram.playground_url:
        print(  # noqa: T201 (the address is the program's output, not a log line)
            f"The playground is open: {telegram.playground_url} (Ctrl-C stops it)", flush=True
        )
    else:
        logger.info("Live on Telegram as @%s", application.bot.username)


def _address_in_use(listen: Address, error: OSError) -> StartError:
    return StartError(
        f"LISTEN={listen.host}:{listen.port} can't be used ({error.strerror}): "
        "stop the program that has it, or set LISTEN to another host:port"
    )


def _stop_on_signals() -> asyncio.Event:
    """An event that the first Ctrl-C or SIGTERM sets. The second one has its usual effect."""
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()

    def stop() -> None:
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(number)
        stopping.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop)
    return stopping


async def _register(webhook: Webhook) -> None:
    try:
        await webhook.register()
    except BadRequest as error:
        raise StartError(
            f"Telegram refuses WEBHOOK_URL ({error}): "
            "it must be an https address on port 443, 80, 88 or 8443 that Telegram can reach"
        ) from error


async def _wait_for(event: asyncio.Event) -> None:
    await event.wait()


async def _whole(work: Coroutine[Any, Any, str]) -> str:
    """The result of work that goes on to its end, also where this is cancelled meanwhile."""
    task = asyncio.create_task(work)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait((task,))
        raise


def _now() -> datetime:
    return datetime.now(UTC)


def _fail(line: str, status: int) -> int:
    print(f"fridge bot: {line}", file=sys.stderr)  # noqa: T201 (for the operator, not the log)
    return status


if __name__ == "__main__":
    sys.exit(main())
