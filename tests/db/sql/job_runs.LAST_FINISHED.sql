SELECT run.*
FROM unnest(CAST(:jobs AS text[])) WITH ORDINALITY AS named (job, position)
CROSS JOIN LATERAL (
    SELECT job, started_at, finished_at, affected
    FROM job_runs
    WHERE job_runs.job = named.job
        AND finished_at IS NOT NULL
    ORDER BY scheduled_for DESC
    LIMIT 1
) AS run
ORDER BY named.position
