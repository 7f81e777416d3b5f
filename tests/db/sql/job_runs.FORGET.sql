DELETE FROM job_runs WHERE job = :job AND scheduled_for < :before
