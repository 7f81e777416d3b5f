INSERT INTO job_runs (job, scheduled_for, started_at)
VALUES (:job, :scheduled_for, :now)
ON CONFLICT (job, scheduled_for) DO NOTHING
