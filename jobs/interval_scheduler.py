"""Runs jobs at intervals, on APScheduler."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, Final, Protocol

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from db.connection.errors import DatabaseAway
from jobs.interval_runs import start_of_interval

logger = logging.getLogger(__name__)

FIRST_RUN_AFTER: Final = timedelta(seconds=1)

# APScheduler's own defaults skip a run that is over a second late, and a run that comes before the
# last one has ended: of a job whose runs follow one another closely that is every other run.
JOB_DEFAULTS: Final[Mapping[str, Any]] = {
    "misfire_grace_time": None,
    "coalesce": True,
    "max_instances": 2,
}


class Job(Protocol):
    """Work that is done at intervals. Several runs at once do no harm."""

    async def run(self) -> None:
        """Do what is due."""
        ...


class _Scheduler(Protocol):
    """The methods of APScheduler that are used: APScheduler has no types."""

    def start(self) -> None: ...

    def add_job(
        self,
        func: Callable[[], Awaitable[None]],
        trigger: str,
        **options: Any,  # noqa: ANN401 (of a job and its trigger)
    ) -> object: ...

    def shutdown(self, wait: bool) -> None: ...  # noqa: FBT001 (APScheduler's)


class IntervalScheduler:
    """Runs each job soon after it is added, and then at the start of every interval.

    A late run is run, and several late runs are run as one.

    Args:
        clock: tells the time that intervals are counted by. APScheduler goes by the machine's
            clock: if that is set back by two hours, a run planned for three o'clock comes two hours
            late, unless it is planned anew.
    """

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._scheduler: _Scheduler = AsyncIOScheduler(timezone=UTC, job_defaults=JOB_DEFAULTS)
        self._intervals: list[tuple[Job, timedelta]] = []
        self._running: set[asyncio.Task[None]] = set()
        self._stopping = False

    def add(self, job: Job, interval: timedelta) -> None:
        """Run this job, too."""
        self._intervals.append((job, interval))
        self._plan(len(self._intervals) - 1)

    def start(self) -> None:
        """Begin to run jobs."""
        self._scheduler.start()

    def plan_anew(self) -> None:
        """Plan all runs by the clock as it is now, and run each job soon."""
        for number in range(len(self._intervals)):
            self._plan(number)

    async def stop(self, seconds: float) -> None:
        """Begin no further run, and break off the runs that take longer than so many seconds."""
        self._stopping = True
        if self._running:
            _, late = await asyncio.wait(self._running, timeout=seconds)
            for run in late:
                run.cancel()
            if late:
                await asyncio.wait(late)
                logger.warning("A job was broken off; the next run does what is left of it")
        self._scheduler.shutdown(wait=False)

    def _plan(self, number: int) -> None:
        """Plan the runs of a job, in place of those that are planned."""
        job, interval = self._intervals[number]
        now, machine_now = self._clock(), datetime.now(UTC)
        next_interval = start_of_interval(now, interval) + interval - now
        run = partial(self._run, job)
        self._scheduler.add_job(
            run,
            "date",
            run_date=machine_now + FIRST_RUN_AFTER,
            id=f"first run of {number}",
            replace_existing=True,
        )
        self._scheduler.add_job(
            run,
            "interval",
            seconds=interval.total_seconds(),
            start_date=machine_now + next_interval,
            id=f"runs of {number}",
            replace_existing=True,
        )

    async def _run(self, job: Job) -> None:
        """Run a job in a task of its own: APScheduler logs a traceback of a task that is cancelled.

        Log what went wrong; the next run does what is left.
        """
        if self._stopping:
            return
        run = asyncio.create_task(job.run())
        self._running.add(run)
        await asyncio.wait((run,))
        self._running.discard(run)
        if run.cancelled():
            return
        _log_each(_members(run.exception()))


def _members(error: BaseException | None) -> Sequence[BaseException]:
    """The errors of a group and of the groups in it; an error that is no group is the only one."""
    match error:
        case None:
            return ()
        case BaseExceptionGroup():
            return [member for part in error.exceptions for member in _members(part)]
        case _:
            return (error,)


def _log_each(errors: Sequence[BaseException]) -> None:
    """Log each error, and once that the database is away if several say so in the same words."""
    away = [str(error) for error in errors if isinstance(error, DatabaseAway)]
    for message in dict.fromkeys(away):
        logger.warning("A job could not run, the next one does its work: %s", message)
    for error in errors:
        if not isinstance(error, DatabaseAway):
            logger.error("A job failed", exc_info=error)
