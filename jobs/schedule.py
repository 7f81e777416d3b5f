"""The scheduled jobs: extend what is used, purge what has expired, forget old records."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from datetime import datetime, timedelta
from typing import Any, Final, Generic, Protocol, TypeVar

from telegram.ext import CallbackContext, Job, JobQueue

from db.chats.unreachable_chats import UnreachableChatRepository
from db.fridges.expiry_warnings import ExpiryWarningRepository
from db.fridges.sessions import SessionRepository
from db.operation.job_runs import EXTEND, FORGET_RECORDS, PURGE, JobRunRepository
from db.updates.failed_updates import FailedUpdateRepository
from db.updates.handled_requests import HandledRequestRepository
from fridge.times import EPOCH

logger = logging.getLogger(__name__)

FIRST_RUN_AFTER: Final = timedelta(seconds=1)

SECONDS_BETWEEN_LOOKS: Final = 1.0
"""At the clock: the shortest interval of a job."""

SMALLEST_JUMP: Final = timedelta(seconds=2)

Context = TypeVar("Context", bound=CallbackContext[Any, Any, Any, Any])

# APScheduler's own defaults skip a run that is over a second late, and one that comes before the
# last has come to its end: of a job whose runs follow one another closely that is every other one.
LATE_RUNS_RUN: Final[dict[str, Any]] = {
    "misfire_grace_time": None,
    "coalesce": True,
    "max_instances": 2,
}


class Jobs(Protocol):
    """What runs at intervals; several runs at once do no harm."""

    async def run(self) -> None:
        """Do what is due."""
        ...


class ScheduledJobs:
    """The jobs, each once an interval over all replicas."""

    def __init__(
        self,
        *,
        sessions: SessionRepository,
        handled_requests: HandledRequestRepository,
        failed_updates: FailedUpdateRepository,
        warnings: ExpiryWarningRepository,
        unreachable_chats: UnreachableChatRepository,
        runs: JobRunRepository,
        interval: timedelta,
        clock: Callable[[], datetime],
    ) -> None:
        self._sessions = sessions
        self._handled_requests = handled_requests
        self._failed_updates = failed_updates
        self._warnings = warnings
        self._unreachable_chats = unreachable_chats
        self._runs = runs
        self._interval = interval
        self._clock = clock

    async def run(self) -> None:
        """Run what no replica has begun in the present interval, also where one of them fails."""
        async with AsyncExitStack() as stack:
            # The stack runs the last one first.
            stack.push_async_callback(self._run_once, FORGET_RECORDS, self._forget)
            stack.push_async_callback(self._run_once, PURGE, self._sessions.purge_expired)
            stack.push_async_callback(self._run_once, EXTEND, self._extend)

    async def _extend(self, now: datetime) -> int:
        # Two intervals ahead: one run may fail, and no session in use becomes due meanwhile.
        return await self._sessions.extend_used(now + 2 * self._interval, now)

    async def _forget(self, now: datetime) -> int:
        return sum(
            [
                await self._handled_requests.forget_old(now),
                await self._failed_updates.forget_old(now),
                await self._warnings.forget_old(now),
                await self._unreachable_chats.forget_old(now),
            ]
        )

    async def _run_once(self, job: str, work: Callable[[datetime], Awaitable[int]]) -> None:
        if is_broken_off():
            return
        now = self._clock()
        scheduled_for = start_of_interval(now, self._interval)
        if await self._runs.claim(job, scheduled_for, now):
            affected = await work(now)
            await self._runs.finish(job, scheduled_for, affected, self._clock())


def is_broken_off() -> bool:
    """Whether a stop has cancelled the run, so that nothing more of it is to begin."""
    run = asyncio.current_task()
    return run is not None and run.cancelling() > 0


def start_of_interval(now: datetime, interval: timedelta) -> datetime:
    """When the interval that holds a time began: all replicas count intervals from 1970."""
    return now - (now - EPOCH) % interval


class Schedule(Generic[Context]):
    """Runs jobs soon after start, and then at the start of every interval.

    A late run is run, and several late ones are run as one.

    Args:
        queue: runs them. It goes by the machine's clock: what is planned for three o'clock comes
            two hours late where that is set back by two hours, unless it is planned anew.
        clock: tells the time.
        elapsed: counts seconds, whatever is done to the clock.
    """

    def __init__(
        self,
        queue: JobQueue[Context],
        clock: Callable[[], datetime],
        elapsed: Callable[[], float] = time.monotonic,
    ) -> None:
        self._queue = queue
        self._clock = clock
        self._elapsed = elapsed
        self._intervals: list[tuple[Jobs, timedelta]] = []
        self._planned: list[Job[Context]] = []
        self._running: set[asyncio.Task[None]] = set()
        self._stopping = False

    def add(self, jobs: Jobs, interval: timedelta) -> None:
        """Run these jobs, too."""
        self._intervals.append((jobs, interval))
        self._plan(jobs, interval)

    async def watch(self, pause: float = SECONDS_BETWEEN_LOOKS) -> None:
        """Look at the clock again and again; where it has jumped, say so, and plan anew.

        A machine that slept looks like one whose clock was set forward.
        """
        while True:
            time_before, count_before = self._clock(), self._elapsed()
            await asyncio.sleep(pause)
            counted = timedelta(seconds=self._elapsed() - count_before)
            jump = self._clock() - time_before - counted
            if abs(jump) >= SMALLEST_JUMP:
                logger.warning(
                    "The clock was set %s by %.0f s: the jobs go by the new time",
                    "forward" if jump > timedelta() else "back",
                    abs(jump).total_seconds(),
                )
                self._plan_anew()

    async def stop(self, seconds: float) -> None:
        """Begin no further run, and let those that are under way go on for so many seconds.

        Then they are broken off. To stop the queue would not break them off: python-telegram-bot
        shields a run, and APScheduler logs a traceback of what only waits for it.
        """
        self._stopping = True
        if not self._running:
            return
        _, late = await asyncio.wait(self._running, timeout=seconds)
        for run in late:
            run.cancel()
        if late:
            await asyncio.wait(late)
            logger.warning("A job was broken off; the next run does what is left of it")

    def _plan(self, jobs: Jobs, interval: timedelta) -> None:
        async def run(_: Context) -> None:
            if not self._stopping:
                await self._run(jobs)

        now = self._clock()
        to_next_interval = start_of_interval(now, interval) + interval - now
        self._queue.run_once(run, FIRST_RUN_AFTER, job_kwargs=LATE_RUNS_RUN)
        self._planned.append(
            self._queue.run_repeating(
                run, interval, first=to_next_interval, job_kwargs=LATE_RUNS_RUN
            )
        )

    async def _run(self, jobs: Jobs) -> None:
        run = asyncio.create_task(jobs.run())
        self._running.add(run)
        await asyncio.wait((run,))
        self._running.discard(run)
        if not run.cancelled():
            run.result()

    def _plan_anew(self) -> None:
        planned, self._planned = self._planned, []
        for job in planned:
            job.schedule_removal()
        for jobs, interval in self._intervals:
            self._plan(jobs, interval)
