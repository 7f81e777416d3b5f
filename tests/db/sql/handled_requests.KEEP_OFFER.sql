WITH recorded AS MATERIALIZED (
    SELECT outcome, handled_at, message_date
    FROM handled_requests
    WHERE chat_id = :chat_id
        AND request = :request
        AND (message_date = CAST(:message_date AS timestamptz)) IS NOT FALSE
    FOR UPDATE
),
computed AS (SELECT CAST(:outcome AS jsonb) AS outcome WHERE NOT EXISTS (SELECT FROM recorded)),
record AS (
    INSERT INTO handled_requests AS stored (chat_id, request, message_date, handled_at, outcome)
    SELECT CAST(:chat_id AS bigint), CAST(:request AS text), CAST(:message_date AS timestamptz),
        CAST(:now AS timestamptz), outcome
    FROM computed
    ON CONFLICT (chat_id, request) DO UPDATE SET message_date = excluded.message_date,
        handled_at = excluded.handled_at, outcome = excluded.outcome
    WHERE stored.message_date <> excluded.message_date
    RETURNING outcome, handled_at
),
emptied AS (
    UPDATE handled_requests AS older
    SET outcome = jsonb '{"names": []}'
    FROM record
    WHERE older.chat_id = :chat_id
        AND older.request <> :request
        AND older.kind = 'import'
        AND jsonb_array_length(older.outcome -> 'names') > 0
)
SELECT EXISTS (SELECT FROM record)
    OR EXISTS (SELECT FROM recorded)
