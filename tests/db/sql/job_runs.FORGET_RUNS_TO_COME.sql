DELETE FROM job_runs
USING (
    SELECT scheduled_for, started_at
    FROM job_runs
    WHERE job = :job
    ORDER BY scheduled_for DESC
    LIMIT 1
) AS last
WHERE last.started_at > :latest
    AND job_runs.job = :job
    AND job_runs.scheduled_for BETWEEN :scheduled_for
    AND last.scheduled_for
