"""The scheduled jobs that are measured."""

from typing import Final

from db.operation.job_runs import EXTEND, FORGET_RECORDS, PURGE

JOBS: Final = (EXTEND, PURGE, FORGET_RECORDS)
