"""How often the scheduled jobs ran, from their records."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import asyncpg

from tools.benchmarks.jobs import JOBS

RUNS: Final = """
    SELECT min(scheduled_for) AS first, max(scheduled_for) AS last,
        count(*) AS begun, count(finished_at) AS finished
    FROM job_runs WHERE job = $1
"""


@dataclass(frozen=True, slots=True)
class JobRuns:
    """The runs of a job, from its first to its last.

    An interval has one record only. If a replica was killed, a run may be unfinished or missing:
    the next run does its work.
    """

    job: str
    intervals: int
    begun: int
    finished: int


async def read_job_runs(database_url: str, interval: timedelta) -> Sequence[JobRuns]:
    """Return the runs of the jobs that run in each interval."""
    connection = await asyncpg.connect(database_url)
    found: list[JobRuns] = []
    for job in JOBS:
        runs = await connection.fetchrow(RUNS, job)
        if runs is not None and runs["begun"]:
            intervals = round((runs["last"] - runs["first"]) / interval) + 1
            found.append(JobRuns(job, intervals, runs["begun"], runs["finished"]))
    await connection.close()
    return found
