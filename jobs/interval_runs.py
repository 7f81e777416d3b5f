"""Runs of a job, one in each interval over all replicas of the bot."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from db.operation.job_runs import JobRunRepository
from fridge.times import EPOCH


class IntervalRuns:
    """Runs a job in the replica that is the first to claim the present interval.

    Args:
        records: where the replicas claim runs.
        interval: how often a job is to run.
        clock: tells the time.
    """

    def __init__(
        self, records: JobRunRepository, interval: timedelta, clock: Callable[[], datetime]
    ) -> None:
        self._records = records
        self._interval = interval
        self._clock = clock

    async def run_once(self, job: str, work: Callable[[datetime], Awaitable[int]]) -> None:
        """Do a job's work, unless a replica has begun it in the present interval.

        Args:
            job: the name by which the replicas claim it.
            work: takes the time at which the run begins, and returns how many rows it affected.

        Raises:
            Exception: as `work` does. The run stays claimed, and counts as unfinished.
        """
        if is_broken_off():
            return
        now = self._clock()
        scheduled_for = start_of_interval(now, self._interval)
        if await self._records.claim(job, scheduled_for, now):
            affected = await work(now)
            await self._records.finish(job, scheduled_for, affected, self._clock())


def start_of_interval(now: datetime, interval: timedelta) -> datetime:
    """Return when the present interval began: all replicas count intervals from 1970."""
    return now - (now - EPOCH) % interval


def is_broken_off() -> bool:
    """Whether a stop has cancelled the present run, so that the run is to begin nothing more."""
    run = asyncio.current_task()
    return run is not None and run.cancelling() > 0
