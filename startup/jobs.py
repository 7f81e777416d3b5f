"""Runs the jobs: extension, purge and forgetting of old records, and the warnings."""

import asyncio
from collections.abc import AsyncGenerator, Coroutine
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any, Final

from bot.features.services import Services
from bot.features.settings.time_zones import TIME_ZONES
from bot.features.warnings.handlers import warn
from bot.receiving.pipeline import Pipeline
from bot.receiving.routing import BotApplication, Context
from db.fridges.expiry_warnings import DueWarning
from jobs.expiry_warnings import ExpiryWarnings
from jobs.schedule import Schedule, ScheduledJobs
from startup.settings.settings import Settings

SECONDS_FOR_JOBS: Final = 1.0
"""How long a stop waits for jobs that are running."""


@asynccontextmanager
async def run_jobs(
    pipeline: Pipeline, services: Services, settings: Settings
) -> AsyncGenerator[None]:
    """Run the jobs on their schedule while the context is open."""
    application = pipeline.application
    schedule = _schedule(application, services)
    schedule.add(_scheduled_jobs(services, settings.cleanup_interval), settings.cleanup_interval)
    async with _started(application, schedule), _in_background(schedule.watch()):
        if settings.warning_lead is None:
            yield
            return
        warnings = _warnings(pipeline, services, settings.warning_lead, paced=settings.paces_itself)
        schedule.add(warnings, warnings.interval)
        try:
            yield
        finally:
            warnings.stop()


@asynccontextmanager
async def _started(
    application: BotApplication, schedule: Schedule[Context]
) -> AsyncGenerator[None]:
    """Start the application, whose scheduler runs the jobs; at the end, stop both."""
    await application.start()
    try:
        yield
    finally:
        await schedule.stop(SECONDS_FOR_JOBS)
        await application.stop()


@asynccontextmanager
async def _in_background(work: Coroutine[Any, Any, None]) -> AsyncGenerator[None]:
    """Run work that has no end while the context is open, and then cancel it."""
    task = asyncio.create_task(work)
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait((task,))


def _schedule(application: BotApplication, services: Services) -> Schedule[Context]:
    if application.job_queue is None:
        raise RuntimeError("The application was built without a job queue")
    return Schedule(application.job_queue, services.clock)


def _scheduled_jobs(services: Services, interval: timedelta) -> ScheduledJobs:
    return ScheduledJobs(
        sessions=services.sessions,
        handled_requests=services.handled_requests,
        failed_updates=services.failed_updates,
        warnings=services.warnings,
        unreachable_chats=services.unreachable_chats,
        runs=services.job_runs,
        interval=interval,
        clock=services.clock,
    )


def _warnings(
    pipeline: Pipeline, services: Services, lead: timedelta, *, paced: bool
) -> ExpiryWarnings:
    async def send(due: DueWarning) -> int | None:
        return await warn(due, services, pipeline.delivery)

    return ExpiryWarnings(
        warnings=services.warnings,
        sessions=services.sessions,
        runs=services.job_runs,
        send=send,
        lead=lead,
        zones=TIME_ZONES,
        paced=paced,
        clock=services.clock,
    )
