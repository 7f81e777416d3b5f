WITH recorded AS MATERIALIZED (
    SELECT outcome, handled_at, message_date
    FROM handled_requests
    WHERE chat_id = :chat_id
        AND request = :request
        AND (message_date = CAST(:message_date AS timestamptz)) IS NOT FALSE
    FOR UPDATE
),
chosen_before AS MATERIALIZED (
    SELECT language, time_zone, warnings
    FROM chat_settings
    WHERE chat_id = :chat_id
        AND EXISTS (SELECT FROM recorded)
),
computed AS (
    SELECT jsonb_build_object(
        'language', CAST(:language AS text), 'time_zone', CAST(:time_zone AS text), 'warnings',
        CAST(:warnings AS boolean)
    ) AS outcome
    WHERE NOT EXISTS (SELECT FROM recorded)
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
),
chosen AS (
    INSERT INTO chat_settings AS stored (chat_id, language, time_zone, warnings)
    SELECT CAST(:chat_id AS bigint), CAST(:language AS text), CAST(:time_zone AS text),
        CAST(:warnings AS boolean)
    FROM record
    ON CONFLICT (chat_id) DO UPDATE SET language = coalesce(excluded.language, stored.language),
        time_zone = coalesce(excluded.time_zone, stored.time_zone),
        warnings = coalesce(excluded.warnings, stored.warnings)
    RETURNING language, time_zone, warnings
)
SELECT settings.language, settings.time_zone, settings.warnings,
    (SELECT language FROM user_fridge_sessions WHERE chat_id = :chat_id) AS session_language,
    EXISTS (SELECT FROM record)
    OR EXISTS (SELECT FROM recorded) AS done
FROM (SELECT true) AS always
LEFT JOIN (
    SELECT language, time_zone, warnings
    FROM chosen
    UNION ALL
    SELECT language, time_zone, warnings
    FROM chosen_before
) AS settings
    ON true
