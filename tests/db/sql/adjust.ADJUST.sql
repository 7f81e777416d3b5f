WITH recorded AS MATERIALIZED (
    SELECT outcome, handled_at, message_date
    FROM handled_requests
    WHERE chat_id = :chat_id
        AND request = :request
        AND (message_date = CAST(:message_date AS timestamptz)) IS NOT FALSE
    FOR UPDATE
),
snapshot AS MATERIALIZED (
    SELECT created_at, expires_at, last_accessed, revision
    FROM user_fridge_sessions AS stored
    WHERE stored.chat_id = :chat_id
        AND (stored.expires_at > :now OR stored.last_accessed > :idle_since)
        AND NOT false
),
held AS MATERIALIZED (
    SELECT item.ingredient_id, item.name_key, item.name, item.added_at, item.amount, item.unit,
        item.best_before, item.place, item.note, item.moved_at
    FROM user_fridge_ingredients AS item
    JOIN snapshot
        ON item.added_at >= snapshot.created_at
    WHERE item.chat_id = :chat_id
),
wanted AS MATERIALIZED (
    SELECT held.ingredient_id, held.name_key
    FROM held
    WHERE held.ingredient_id = :ingredient_id
        AND CASE split_part(held.name_key, chr(10), 1) WHEN '' THEN '' ELSE left(
            md5(split_part(held.name_key, chr(10), 1)), 12
        ) END = :name_hash
        AND CAST(
            coalesce(nullif(split_part(held.name_key, chr(10), 2), ''), '1') AS integer
        ) = :number
        AND NOT EXISTS (SELECT FROM recorded)
        AND NOT (
            (
                (
                    CAST(:added_at AS timestamptz) IS NULL
                        OR held.added_at = CAST(:added_at AS timestamptz)
                )
                    AND (CAST(:seen AS numeric) IS NULL OR held.amount = CAST(:seen AS numeric))
                    AND (
                        CAST(:more AS numeric) IS NULL
                            OR held.unit IS NOT DISTINCT FROM CAST(:held_unit AS text)
                            AND coalesce(held.amount + CAST(:more AS numeric) <= 100000, true)
                    )
            ) IS NOT TRUE
        )
    ORDER BY held.name_key
    LIMIT 1
),
adjusted AS MATERIALIZED (
    SELECT held.ingredient_id, held.name_key, held.name, held.added_at,
        CASE WHEN NOT num_nonnulls(held.unit, held.best_before, held.place, held.note) = 0 THEN jsonb_strip_nulls(
            jsonb_build_object(
                'amount', CAST(held.amount AS text), 'unit', held.unit, 'best_before',
                held.best_before, 'place', held.place, 'note', held.note, 'moved_at', held.moved_at
            )
        ) END AS before,
        CASE WHEN CAST(:takes_all AS boolean) THEN 0 WHEN CAST(:more AS numeric) IS NOT NULL THEN greatest(
            coalesce(held.amount, 0) + CAST(:more AS numeric), 0
        ) WHEN CAST(:seen AS numeric) IS NOT NULL THEN round(
            held.amount / 2, 3
        ) ELSE held.amount END AS amount,
        coalesce(held.unit, CAST(:unit AS text)) AS unit,
        CASE WHEN CAST(
            :sets_date AS boolean
        ) THEN CAST(:best_before AS date) ELSE held.best_before END AS best_before,
        coalesce(CAST(:place AS text), held.place) AS place, held.note,
        CASE WHEN (CAST(:place AS text) = 'freezer') <> (
            coalesce(coalesce(held.place, CAST(:usual_place AS text)), '') = 'freezer'
        ) THEN CAST(:now AS timestamptz) ELSE held.moved_at END AS moved_at
    FROM held
    JOIN wanted
    USING (ingredient_id, name_key)
),
twin AS MATERIALIZED (
    SELECT held.ingredient_id, held.name_key, held.name, held.added_at, held.amount, held.unit,
        held.best_before, held.place, held.note, held.moved_at
    FROM held
    JOIN adjusted
        ON adjusted.ingredient_id = held.ingredient_id
        AND adjusted.name_key <> held.name_key
        AND split_part(held.name_key, chr(10), 1) = split_part(adjusted.name_key, chr(10), 1)
    WHERE (
        held.unit, held.best_before, held.place, held.note
    ) IS NOT DISTINCT FROM (adjusted.unit, adjusted.best_before, adjusted.place, adjusted.note)
        AND coalesce(held.amount + adjusted.amount <= 100000, true)
        AND adjusted.amount IS DISTINCT FROM 0
    ORDER BY held.best_before, held.added_at, held.name_key
    LIMIT 1
),
use AS MATERIALIZED (
    SELECT *, NOT EXISTS (SELECT FROM recorded)
        AND (last_accessed <= :recorded_since OR EXISTS (SELECT FROM adjusted)) AS is_recorded
    FROM snapshot
),
used AS (
    UPDATE user_fridge_sessions AS stored
    SET last_accessed = greatest(stored.last_accessed, :now), revision = stored.revision + 1
    FROM use
    WHERE stored.chat_id = :chat_id
        AND stored.revision = use.revision
        AND use.is_recorded
    RETURNING stored.created_at, stored.expires_at, stored.last_accessed
),
session AS MATERIALIZED (
    SELECT *
    FROM used
    UNION ALL
    SELECT created_at, expires_at, last_accessed
    FROM use
    WHERE NOT is_recorded
),
removed AS (
    DELETE FROM user_fridge_ingredients AS item
    USING used, adjusted
    WHERE item.chat_id = :chat_id
        AND adjusted.amount = 0
        AND item.ingredient_id = adjusted.ingredient_id
        AND item.name_key = adjusted.name_key
    RETURNING item.ingredient_id, item.name_key, item.name, item.added_at, item.amount,
        item.unit, item.best_before, item.place, item.note, item.moved_at
),
changed AS MATERIALIZED (
    SELECT adjusted.ingredient_id, adjusted.name_key, adjusted.name, adjusted.added_at,
        adjusted.before, coalesce(adjusted.amount + twin.amount, adjusted.amount) AS amount,
        adjusted.unit, adjusted.best_before, adjusted.place, adjusted.note, adjusted.moved_at
    FROM adjusted
    CROSS JOIN used
    LEFT JOIN twin
        ON true
    WHERE adjusted.amount IS DISTINCT FROM 0
),
rewritten AS (
    UPDATE user_fridge_ingredients AS item
    SET amount = changed.amount, unit = changed.unit, best_before = changed.best_before,
        place = changed.place, note = changed.note, moved_at = changed.moved_at
    FROM changed
    WHERE item.chat_id = :chat_id
        AND item.ingredient_id = changed.ingredient_id
        AND item.name_key = changed.name_key
),
merged AS MATERIALIZED (
    SELECT twin.ingredient_id, twin.name_key, twin.name, twin.added_at, twin.amount, twin.unit,
        twin.best_before, twin.place, twin.note, twin.moved_at
    FROM twin
    CROSS JOIN used
),
dropped AS (
    DELETE FROM user_fridge_ingredients AS item
    USING merged
    WHERE item.chat_id = :chat_id
        AND item.ingredient_id = merged.ingredient_id
        AND item.name_key = merged.name_key
),
computed AS (
    SELECT jsonb_build_object('removed_ids', removed_items.ids, 'removed_keys', removed_items.keys, 'removed_names', removed_items.names, 'removed_times', removed_items.times) || removed_items.lots || coalesce(
        (
            SELECT jsonb_build_object(
                'changed',
                jsonb_agg(
                    jsonb_build_object(
                        'id', changed.ingredient_id, 'key', changed.name_key, 'name', changed.name,
                        'time', changed.added_at, 'before', changed.before, 'after',
                        CASE WHEN NOT num_nonnulls(changed.unit, changed.best_before, changed.place, changed.note) = 0 THEN jsonb_strip_nulls(
                            jsonb_build_object(
                                'amount', CAST(changed.amount AS text), 'unit', changed.unit,
                                'best_before', changed.best_before, 'place', changed.place, 'note',
                                changed.note, 'moved_at', changed.moved_at
                            )
                        ) END
                    )
                    ORDER BY changed.added_at DESC, changed.ingredient_id, changed.name_key
                )
            )
            FROM changed HAVING count(*) > 0
        ),
        jsonb '{}'
    ) || coalesce(
        (
            SELECT jsonb_build_object(
                'merged',
                jsonb_agg(
                    jsonb_build_object(
                        'id', merged.ingredient_id, 'key', merged.name_key, 'name', merged.name,
                        'time', merged.added_at, 'lot',
                        CASE WHEN NOT num_nonnulls(merged.unit, merged.best_before, merged.place, merged.note) = 0 THEN jsonb_strip_nulls(
                            jsonb_build_object(
                                'amount', CAST(merged.amount AS text), 'unit', merged.unit,
                                'best_before', merged.best_before, 'place', merged.place, 'note',
                                merged.note, 'moved_at', merged.moved_at
                            )
                        ) END
                    )
                    ORDER BY merged.added_at DESC, merged.ingredient_id, merged.name_key
                )
            )
            FROM merged HAVING count(*) > 0
        ),
        jsonb '{}'
    ) AS outcome
    FROM (SELECT true) AS always
    CROSS JOIN (
        SELECT coalesce(array_agg(ingredient_id), '{}') AS ids,
            coalesce(array_agg(name_key), '{}') AS keys, coalesce(array_agg(name), '{}') AS names,
            coalesce(array_agg(added_at), '{}') AS times,
            CASE WHEN count(lot) > 0 THEN jsonb_build_object(
                'removed_lots', array_agg(lot)
            ) ELSE jsonb '{}' END AS lots
        FROM (
            SELECT *,
                CASE WHEN NOT num_nonnulls(removed.unit, removed.best_before, removed.place, removed.note) = 0 THEN jsonb_strip_nulls(
                    jsonb_build_object(
                        'amount', CAST(removed.amount AS text), 'unit', removed.unit, 'best_before',
                        removed.best_before, 'place', removed.place, 'note', removed.note,
                        'moved_at', removed.moved_at
                    )
                ) END AS lot
            FROM removed
            ORDER BY removed.added_at DESC, removed.ingredient_id, removed.name_key
        ) AS item
    ) AS removed_items
    WHERE NOT EXISTS (SELECT FROM recorded)
        AND NOT (EXISTS (SELECT FROM use WHERE is_recorded) AND NOT EXISTS (SELECT FROM session))
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
first AS (
    SELECT outcome, handled_at FROM recorded UNION ALL SELECT outcome, handled_at FROM record
),
present AS (
    SELECT held.*
    FROM held
    CROSS JOIN session
    WHERE true
        AND NOT EXISTS (
            SELECT
            FROM removed
            WHERE removed.ingredient_id = held.ingredient_id
                AND removed.name_key = held.name_key
        )
        AND NOT EXISTS (
            SELECT
            FROM changed
            WHERE changed.ingredient_id = held.ingredient_id
                AND changed.name_key = held.name_key
        )
        AND NOT EXISTS (
            SELECT
            FROM merged
            WHERE merged.ingredient_id = held.ingredient_id
                AND merged.name_key = held.name_key
        )
    UNION ALL
    SELECT changed.ingredient_id, changed.name_key, changed.name, changed.added_at,
        changed.amount, changed.unit, changed.best_before, changed.place, changed.note,
        changed.moved_at
    FROM changed
)
SELECT CAST(:chat_id AS bigint) AS chat_id,
    CASE row_number() OVER in_order WHEN 1 THEN first.outcome END AS outcome, first.handled_at,
    session.expires_at, session.last_accessed, chosen.language, chosen.time_zone,
    item.ingredient_id, item.name_key, item.name, item.added_at, item.amount, item.unit,
    item.best_before, item.place, item.note, item.moved_at, ingredient.ko, ingredient.en,
    ingredient.category, ingredient.emoji
FROM (SELECT true) AS always
LEFT JOIN chat_settings AS chosen
    ON chosen.chat_id = :chat_id
LEFT JOIN first
    ON true
LEFT JOIN session
    ON true
LEFT JOIN present AS item
    ON true
LEFT JOIN LATERAL (
    SELECT * FROM ingredients WHERE ingredient_id = item.ingredient_id OFFSET 0
) AS ingredient
    ON true
WINDOW in_order AS (ORDER BY item.added_at DESC, item.ingredient_id, item.name_key)
ORDER BY item.added_at DESC, item.ingredient_id, item.name_key
