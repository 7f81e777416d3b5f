"""Runs the jobs: extension, purge and forgetting of old records, and the warnings."""

import asyncio
from collections.abc import AsyncGenerator, Coroutine
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any, Final

from bot.features.services import Services
from bot.features.settings.time_zones import TIME_ZONES
from bot.features.warnings.handlers import warn
from bot.receiving.wiring import Pipeline
from db.fridges.expiry_warnings import DueWarning
from jobs.clock_watch import ClockWatch
from jobs.expiry_warnings import ExpiryWarnings
from jobs.housekeeping import Housekeeping
from jobs.interval_scheduler import IntervalScheduler
from startup.settings.settings import Settings

SECONDS_FOR_JOBS: Final = 1.0
"""How long a stop waits for jobs that are running."""


@asynccontextmanager
async def run_jobs(
    pipeline: Pipeline, services: Services, settings: Settings
) -> AsyncGenerator[None]:
    """Run the jobs on their schedule while the context is open."""
    scheduler = IntervalScheduler(services.clock)
    scheduler.add(
        build_housekeeping(services, settings.cleanup_interval), settings.cleanup_interval
    )
    watch = ClockWatch(services.clock)
    async with _started(scheduler), _in_background(watch.run(scheduler.plan_anew)):
        if settings.warning_lead is None:
            yield
            return
        warnings = build_warnings(
            pipeline, services, settings.warning_lead, paced=settings.paces_itself
        )
        scheduler.add(warnings, warnings.interval)
        try:
            yield
        finally:
            warnings.stop()


@asynccontextmanager
async def _started(scheduler: IntervalScheduler) -> AsyncGenerator[None]:
    """Run jobs while the context is open, and then give those that are running a little time."""
    scheduler.start()
    try:
        yield
    finally:
        await scheduler.stop(SECONDS_FOR_JOBS)


@asynccontextmanager
async def _in_background(work: Coroutine[Any, Any, None]) -> AsyncGenerator[None]:
    """Run work that has no end while the context is open, and then cancel it."""
    task = asyncio.create_task(work)
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait((task,))


def build_housekeeping(services: Services, interval: timedelta) -> Housekeeping:
    """Build the jobs that keep the tables in order."""
    return Housekeeping(
        sessions=services.sessions,
        handled_requests=services.handled_requests,
        failed_updates=services.failed_updates,
        warnings=services.warnings,
        unreachable_chats=services.unreachable_chats,
        runs=services.job_runs,
        interval=interval,
        clock=services.clock,
    )


def build_warnings(
    pipeline: Pipeline, services: Services, lead: timedelta, *, paced: bool
) -> ExpiryWarnings:
    """Build the job that warns chats, by way of the pipeline's delivery."""

    async def send(due: DueWarning) -> int | None:
        return await warn(due, services, pipeline.delivery, pipeline.reachability)

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
