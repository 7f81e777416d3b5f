SELECT count(*) FILTER (
    WHERE (session.expires_at > :now OR session.last_accessed > :idle_since)
) AS active,
    count(*) FILTER (WHERE session.created_at > :day_ago) AS new
FROM user_fridge_sessions AS session TABLESAMPLE SYSTEM (CAST(:percent AS real)) REPEATABLE (0)
