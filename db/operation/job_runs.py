"""Records of the scheduled jobs' runs, by which one replica alone claims each run."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from db.connection.database import connected

EXTEND: Final = "extend"
PURGE: Final = "purge"
FORGET_RECORDS: Final = "forget"
WARN: Final = "warn"

RETENTION: Final = timedelta(days=30)
RETENTION_OF_FREQUENT_RUNS: Final = timedelta(days=1)

LARGEST_DIFFERENCE_OF_CLOCKS: Final = timedelta(seconds=10)
"""Between two replicas; it includes the time that a replica waits for a connection."""

CLAIM: Final = text(
    """
    INSERT INTO job_runs (job, scheduled_for, started_at) VALUES (:job, :scheduled_for, :now)
    ON CONFLICT (job, scheduled_for) DO NOTHING
    """
)

# Deletes all of them, those of the intervals that come again included.
FORGET_RUNS_TO_COME: Final = text(
    """
    DELETE FROM job_runs USING (
        SELECT scheduled_for, started_at FROM job_runs
        WHERE job = :job ORDER BY scheduled_for DESC LIMIT 1
    ) AS last
    WHERE last.started_at > :latest AND job_runs.job = :job
        AND job_runs.scheduled_for BETWEEN :scheduled_for AND last.scheduled_for
    """
)

FINISH: Final = text(
    """
    UPDATE job_runs SET finished_at = :now, affected = :affected
    WHERE job = :job AND scheduled_for = :scheduled_for
    """
)

FORGET: Final = text("DELETE FROM job_runs WHERE job = :job AND scheduled_for < :before")

LAST_FINISHED: Final = text(
    """
    SELECT run.* FROM unnest(CAST(:jobs AS text[])) WITH ORDINALITY AS named (job, position)
    CROSS JOIN LATERAL (
        SELECT job, started_at, finished_at, affected FROM job_runs
        WHERE job_runs.job = named.job AND finished_at IS NOT NULL
        ORDER BY scheduled_for DESC LIMIT 1
    ) AS run
    ORDER BY named.position
    """
)


@dataclass(frozen=True, slots=True)
class FinishedRun:
    """A finished run, and the number of rows that it changed."""

    job: str
    started_at: datetime
    finished_at: datetime
    affected: int


class JobRunRepository:
    """The runs: one for each job and interval, over all replicas."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def claim(self, job: str, scheduled_for: datetime, now: datetime) -> bool:
        """Record that a run begins; False if a replica has begun it already.

        A recorded run in the future was begun before the clock was set back. The runs from now on
        are then deleted, so that the job runs in the intervals that come a second time.
        """
        run = {"job": job, "scheduled_for": scheduled_for}
        async with connected(self._engine) as connection:
            claimed = await connection.execute(CLAIM, {**run, "now": now})
            if not claimed.rowcount:
                latest = now + LARGEST_DIFFERENCE_OF_CLOCKS
                forgotten = await connection.execute(FORGET_RUNS_TO_COME, {**run, "latest": latest})
                if forgotten.rowcount:
                    claimed = await connection.execute(CLAIM, {**run, "now": now})
            return claimed.rowcount == 1

    async def finish(self, job: str, scheduled_for: datetime, affected: int, now: datetime) -> None:
        """Record a run's end, and delete the job's runs that are over 30 days old.

        Of a job that runs every minute, only the runs of one day are kept.
        """
        retention = RETENTION_OF_FREQUENT_RUNS if job == WARN else RETENTION
        async with connected(self._engine) as connection:
            await connection.execute(
                FINISH,
                {"job": job, "scheduled_for": scheduled_for, "affected": affected, "now": now},
            )
            await connection.execute(FORGET, {"job": job, "before": now - retention})

    async def last_finished(self, jobs: Sequence[str]) -> Sequence[FinishedRun]:
        """Return the last finished run of each job that has one, in the order of the jobs."""
        async with connected(self._engine) as connection:
            rows = await connection.execute(LAST_FINISHED, {"jobs": jobs})
            return [FinishedRun(**row) for row in rows.mappings()]
