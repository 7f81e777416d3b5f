WITH due AS MATERIALIZED (
    SELECT *
    FROM unnest(
        CAST(:chat_ids AS bigint[]), CAST(:last_uses AS timestamptz[]),
        CAST(:beginnings AS timestamptz[]), CAST(:ends AS timestamptz[]), CAST(:items AS text[])
    ) AS due (chat_id, last_accessed, created_at, expires_at, items)
)
INSERT INTO expiry_warnings AS stored (
    chat_id, last_accessed, created_at, expires_at, claimed_at, items
)
SELECT due.chat_id, due.last_accessed, due.created_at, due.expires_at,
    CAST(:now AS timestamptz), CAST(due.items AS jsonb)
FROM due
JOIN user_fridge_sessions AS session
    ON session.chat_id = due.chat_id
    AND session.last_accessed = due.last_accessed
    AND session.chat_id = ANY(:chat_ids)
ORDER BY due.chat_id DESC
ON CONFLICT (chat_id) DO UPDATE SET last_accessed = excluded.last_accessed,
    created_at = excluded.created_at, expires_at = excluded.expires_at,
    claimed_at = excluded.claimed_at, sent_at = NULL, items = excluded.items
WHERE stored.last_accessed < excluded.last_accessed
    OR (
        stored.last_accessed = excluded.last_accessed
            AND stored.sent_at IS NULL
            AND stored.claimed_at <= session_expiry(excluded.claimed_at, -300)
    )
RETURNING chat_id
