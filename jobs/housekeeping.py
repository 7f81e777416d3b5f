"""The jobs that keep the tables in order: extend sessions, purge fridges, forget old records."""

from collections.abc import Callable
from datetime import datetime, timedelta

from db.chats.unreachable_chats import UnreachableChatRepository
from db.fridges.expiry_warnings import ExpiryWarningRepository
from db.fridges.sessions import SessionRepository
from db.operation.job_runs import EXTEND, FORGET_RECORDS, PURGE, JobRunRepository
from db.updates.failed_updates import FailedUpdateRepository
from db.updates.handled_requests import HandledRequestRepository
from jobs.errors import CollectedErrors
from jobs.interval_runs import IntervalRuns


class Housekeeping:
    """Runs each of its jobs once an interval over all replicas.

    Args:
        sessions: the sessions that are extended, and purged with their fridges.
        handled_requests: the records of handled requests, of which old ones are forgotten.
        failed_updates: the records of failed updates, of which old ones are forgotten.
        warnings: the records of warnings, of which old ones are forgotten.
        unreachable_chats: the marks of unreachable chats, of which old ones are forgotten.
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
        """Run the jobs that no replica has begun in the present interval, even if one fails.

        Raises:
            Exception: by the job that failed.
            ExceptionGroup: of the jobs' errors, if several failed.
        """
        errors = CollectedErrors()
        for job, work in (
            (EXTEND, self._extend),
            (PURGE, self._sessions.purge_expired),
            (FORGET_RECORDS, self._forget),
        ):
            with errors.collected():
                await self._runs.run_once(job, work)
        errors.raise_all()

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
