"""The jobs that keep the tables in order: extend sessions, purge fridges, forget old records."""

from collections.abc import Callable
from contextlib import AsyncExitStack
from datetime import datetime, timedelta

from db.chats.unreachable_chats import UnreachableChatRepository
from db.fridges.expiry_warnings import ExpiryWarningRepository
from db.fridges.sessions import SessionRepository
from db.operation.job_runs import EXTEND, FORGET_RECORDS, PURGE, JobRunRepository
from db.updates.failed_updates import FailedUpdateRepository
from db.updates.handled_requests import HandledRequestRepository
from jobs.interval_runs import IntervalRuns


class Housekeeping:
    """Runs each of its jobs once an interval over all replicas.

    Args:
        sessions: the sessions that are extended, and purged with their fridges.
        handled_requests: old records to forget, as the next three.
        failed_updates: old records to forget.
        warnings: old records to forget.
        unreachable_chats: old records to forget.
        runs: where the runs are claimed.
        interval: how often the jobs run.
        clock: tells the time.
    """

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
        self._runs = IntervalRuns(runs, interval, clock)
        self._interval = interval

    async def run(self) -> None:
        """Run the jobs that no replica has begun in the present interval, even if one fails."""
        async with AsyncExitStack() as stack:
            # The stack runs the last one first.
            stack.push_async_callback(self._runs.run_once, FORGET_RECORDS, self._forget)
            stack.push_async_callback(self._runs.run_once, PURGE, self._sessions.purge_expired)
            stack.push_async_callback(self._runs.run_once, EXTEND, self._extend)

    async def _extend(self, now: datetime) -> int:
        # Two intervals ahead: if one run fails, no session in use becomes due before the next run.
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
