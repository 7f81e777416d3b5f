"""The scheduled jobs: extend what is used, purge what has expired, forget old records."""

from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from datetime import datetime, timedelta
from typing import Any, Final, Protocol, TypeVar

from telegram.ext import CallbackContext, JobQueue

from db.expiry_warnings import ExpiryWarningRepository
from db.failed_updates import FailedUpdateRepository
from db.handled_requests import HandledRequestRepository
from db.job_runs import EXTEND, FORGET_RECORDS, PURGE, JobRunRepository
from db.sessions import SessionRepository
from db.times import EPOCH
from db.unreachable_chats import UnreachableChatRepository

FIRST_RUN_AFTER: Final = timedelta(seconds=1)

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
        now = self._clock()
        scheduled_for = start_of_interval(now, self._interval)
        if await self._runs.claim(job, scheduled_for, now):
            affected = await work(now)
            await self._runs.finish(job, scheduled_for, affected, self._clock())


def start_of_interval(now: datetime, interval: timedelta) -> datetime:
    """When the interval that holds a time began: all replicas count intervals from 1970."""
    return now - (now - EPOCH) % interval


def schedule(queue: JobQueue[Context], jobs: Jobs, interval: timedelta, now: datetime) -> None:
    """Run the jobs soon after start, and then at the start of every interval.

    A late run is run, and several late ones are run as one.
    """

    async def run(_: Context) -> None:
        await jobs.run()

    queue.run_once(run, FIRST_RUN_AFTER, job_kwargs=LATE_RUNS_RUN)
    queue.run_repeating(
        run, interval, first=start_of_interval(now, interval) + interval, job_kwargs=LATE_RUNS_RUN
    )
