UPDATE job_runs
SET finished_at = :now, affected = :affected
WHERE job = :job
    AND scheduled_for = :scheduled_for
