WITH recorded AS MATERIALIZED (
    SELECT outcome, handled_at, message_date
    FROM handled_requests
    WHERE chat_id = :chat_id
        AND request = :request
        AND (message_date = CAST(:message_date AS timestamptz)) IS NOT FALSE
    FOR UPDATE
),
asked AS MATERIALIZED (
    SELECT true AS now WHERE CAST(:in_time AS boolean) AND NOT EXISTS (SELECT FROM recorded)
),
items AS (
    DELETE FROM user_fridge_ingredients
    WHERE chat_id = :chat_id
        AND EXISTS (SELECT FROM asked)
    RETURNING 1
),
sessions AS (
    DELETE FROM user_fridge_sessions WHERE chat_id = :chat_id AND EXISTS (SELECT FROM asked)
),
settings AS (
    DELETE FROM chat_settings WHERE chat_id = :chat_id AND EXISTS (SELECT FROM asked) RETURNING 1
),
warnings AS (
    DELETE FROM expiry_warnings WHERE chat_id = :chat_id AND EXISTS (SELECT FROM asked) RETURNING 1
),
unreachable AS (
    DELETE FROM unreachable_chats WHERE chat_id = :chat_id AND EXISTS (SELECT FROM asked)
),
failures AS (DELETE FROM failed_updates WHERE chat_id = :chat_id AND EXISTS (SELECT FROM asked)),
computed AS (
    SELECT jsonb_build_object(
        'items', (SELECT count(*) FROM items), 'settings', EXISTS (SELECT FROM settings), 'warning',
        EXISTS (SELECT FROM warnings)
    ) AS outcome
    FROM asked
),
bare AS MATERIALIZED (
    SELECT jsonb_object_agg(
        request,
        (
            SELECT coalesce(
                jsonb_object_agg(
                    name,
                    CASE jsonb_typeof(
                        value
                    ) WHEN 'array' THEN jsonb '[]' WHEN 'boolean' THEN jsonb 'false' WHEN 'number' THEN jsonb '0' ELSE jsonb 'null' END
                ),
                jsonb '{}'
            )
            FROM jsonb_each(outcome) AS field (name, value)
        )
    ) AS outcomes
    FROM handled_requests
    WHERE chat_id = :chat_id
        AND EXISTS (SELECT FROM asked)
        AND kind <> 'forget'
),
record AS (
    INSERT INTO handled_requests AS stored (chat_id, request, message_date, handled_at, outcome)
    SELECT CAST(:chat_id AS bigint), CAST(:request AS text), CAST(:message_date AS timestamptz),
        CAST(:now AS timestamptz), outcome
    FROM computed
    ON CONFLICT (chat_id, request) DO UPDATE SET message_date = excluded.message_date,
        handled_at = excluded.handled_at, outcome = excluded.outcome
    WHERE stored.message_date <> excluded.message_date
    RETURNING outcome, handled_at
)
SELECT outcome, NULL AS bare
FROM recorded
UNION ALL
SELECT outcome, (SELECT outcomes FROM bare)
FROM record
