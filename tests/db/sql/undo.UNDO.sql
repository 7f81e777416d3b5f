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
undone AS MATERIALIZED (
    SELECT outcome, outcome -> 'undone' IS NOT NULL AS already
    FROM handled_requests
    WHERE chat_id = :chat_id
        AND request = :undone
),
reverted AS MATERIALIZED (
    SELECT lot.ingredient_id, lot.name_key, lot.name, lot.added_at,
        CASE WHEN NOT num_nonnulls(held.unit, held.best_before, held.place, held.note) = 0 THEN jsonb_strip_nulls(
            jsonb_build_object(
                'amount', CAST(held.amount AS text), 'unit', held.unit, 'best_before',
                held.best_before, 'place', held.place, 'note', held.note, 'moved_at', held.moved_at
            )
        ) END AS before,
        CASE WHEN lot.way = 'removed' THEN lot.amount WHEN lot.way = 'added' THEN held.amount - lot.amount WHEN earlier.unit = held.unit THEN held.amount - lot.amount + earlier.amount ELSE earlier.amount END AS amount,
        CASE WHEN lot.way = 'changed' THEN earlier.unit ELSE lot.unit END AS unit,
        CASE WHEN lot.way = 'changed' THEN earlier.best_before ELSE lot.best_before END AS best_before,
        CASE WHEN lot.way = 'changed' THEN earlier.place ELSE lot.place END AS place,
        CASE WHEN lot.way = 'changed' THEN earlier.note ELSE lot.note END AS note,
        CASE WHEN lot.way = 'changed' THEN earlier.moved_at ELSE lot.moved_at END AS moved_at,
        CASE WHEN lot.way = 'removed' THEN 'returns' WHEN lot.way = 'added'
        AND coalesce(held.amount = lot.amount, true) THEN 'goes' ELSE 'stays' END AS fate,
            coalesce(
                CASE WHEN lot.way = 'removed' THEN held.name_key IS NULL
                    AND lot.added_at >= snapshot.created_at ELSE held.added_at = lot.added_at
                    AND (
                        held.unit, held.best_before, held.place, held.note
                    ) IS NOT DISTINCT FROM (lot.unit, lot.best_before, lot.place, lot.note)
                    AND (
                        lot.way = 'added'
                            OR earlier.unit = held.unit
                            OR held.amount IS NOT DISTINCT FROM lot.amount
                    ) END,
                        false
            ) AS is_as_it_was_left
    FROM undone
    CROSS JOIN LATERAL (
        SELECT 'added' AS way, listed.*, CAST(NULL AS jsonb) AS earlier
        FROM (
            SELECT CAST(item.ingredient_id AS integer) AS ingredient_id, item.name_key,
                item.name, CAST(item.added_at AS timestamptz) AS added_at,
                CAST(item.lot ->> 'amount' AS numeric) AS amount, item.lot ->> 'unit' AS unit,
                CAST(item.lot ->> 'best_before' AS date) AS best_before,
                item.lot ->> 'place' AS place, item.lot ->> 'note' AS note,
                CAST(item.lot ->> 'moved_at' AS timestamptz) AS moved_at
            FROM ROWS FROM (
                jsonb_array_elements_text(undone.outcome -> 'added_ids'),
                jsonb_array_elements_text(undone.outcome -> 'added_keys'),
                jsonb_array_elements_text(undone.outcome -> 'added_names'),
                jsonb_array_elements_text(undone.outcome -> 'added_times'),
                jsonb_array_elements(undone.outcome -> 'added_lots')
            ) AS item (ingredient_id, name_key, name, added_at, lot)
        ) AS listed
        UNION ALL
        SELECT 'removed' AS way, listed.*, CAST(NULL AS jsonb) AS earlier
        FROM (
            SELECT CAST(item.ingredient_id AS integer) AS ingredient_id, item.name_key,
                item.name, CAST(item.added_at AS timestamptz) AS added_at,
                CAST(item.lot ->> 'amount' AS numeric) AS amount, item.lot ->> 'unit' AS unit,
                CAST(item.lot ->> 'best_before' AS date) AS best_before,
                item.lot ->> 'place' AS place, item.lot ->> 'note' AS note,
                CAST(item.lot ->> 'moved_at' AS timestamptz) AS moved_at
            FROM ROWS FROM (
                jsonb_array_elements_text(undone.outcome -> 'removed_ids'),
                jsonb_array_elements_text(undone.outcome -> 'removed_keys'),
                jsonb_array_elements_text(undone.outcome -> 'removed_names'),
                jsonb_array_elements_text(undone.outcome -> 'removed_times'),
                jsonb_array_elements(undone.outcome -> 'removed_lots')
            ) AS item (ingredient_id, name_key, name, added_at, lot)
        ) AS listed
        UNION ALL
        SELECT 'removed', item.id, item.key, item.name, item.time,
            CAST(item.lot ->> 'amount' AS numeric) AS amount, item.lot ->> 'unit' AS unit,
            CAST(item.lot ->> 'best_before' AS date) AS best_before, item.lot ->> 'place' AS place,
            item.lot ->> 'note' AS note, CAST(item.lot ->> 'moved_at' AS timestamptz) AS moved_at,
            NULL
        FROM jsonb_to_recordset(undone.outcome -> 'merged') AS item (
            id integer, key text, name text, time timestamptz, lot jsonb
        )
        UNION ALL
        SELECT 'changed', item.id, item.key, item.name, item.time,
            CAST(item.after ->> 'amount' AS numeric) AS amount, item.after ->> 'unit' AS unit,
            CAST(item.after ->> 'best_before' AS date) AS best_before,
            item.after ->> 'place' AS place, item.after ->> 'note' AS note,
            CAST(item.after ->> 'moved_at' AS timestamptz) AS moved_at, item.before
        FROM jsonb_to_recordset(undone.outcome -> 'changed') AS item (
            id integer, key text, name text, time timestamptz, before jsonb, after jsonb
        )
    ) AS lot
    CROSS JOIN LATERAL (
        SELECT CAST(lot.earlier ->> 'amount' AS numeric) AS amount,
            lot.earlier ->> 'unit' AS unit,
            CAST(lot.earlier ->> 'best_before' AS date) AS best_before,
            lot.earlier ->> 'place' AS place, lot.earlier ->> 'note' AS note,
            CAST(lot.earlier ->> 'moved_at' AS timestamptz) AS moved_at
    ) AS earlier
    CROSS JOIN snapshot
    LEFT JOIN held
        ON held.ingredient_id = lot.ingredient_id
        AND held.name_key = lot.name_key
    WHERE NOT undone.already
),
undoable AS MATERIALIZED (
    SELECT true AS is_undoable
    FROM reverted HAVING NOT EXISTS (SELECT FROM recorded)
        AND count(*) > 0
        AND bool_and(
            is_as_it_was_left AND (fate = 'goes' OR coalesce(amount > 0 AND amount <= 100000, true))
        )
        AND NOT EXISTS (
            SELECT
            FROM reverted AS lot
            JOIN held
                ON held.ingredient_id = lot.ingredient_id
                AND split_part(held.name_key, chr(10), 1) = split_part(lot.name_key, chr(10), 1)
                AND (
                    held.unit, held.best_before, held.place, held.note
                ) IS NOT DISTINCT FROM (lot.unit, lot.best_before, lot.place, lot.note)
            WHERE lot.fate <> 'goes'
                AND NOT EXISTS (
                    SELECT
                    FROM reverted AS other
                    WHERE other.ingredient_id = held.ingredient_id
                        AND other.name_key = held.name_key
                )
        )
        AND (SELECT count(*) FROM held) - count(*) FILTER (WHERE fate = 'goes') + count(*) FILTER (WHERE fate = 'returns') <= greatest(
            :max_items, (SELECT count(*) FROM held)
        )
),
use AS MATERIALIZED (
    SELECT *, NOT EXISTS (SELECT FROM recorded)
        AND (last_accessed <= :recorded_since OR EXISTS (SELECT FROM undoable)) AS is_recorded
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
done AS MATERIALIZED (SELECT reverted.* FROM undoable CROSS JOIN used CROSS JOIN reverted),
restored AS (SELECT * FROM done WHERE fate <> 'goes'),
removed AS (
    DELETE FROM user_fridge_ingredients AS item
    USING done
    WHERE done.fate = 'goes'
        AND item.chat_id = :chat_id
        AND item.ingredient_id = done.ingredient_id
        AND item.name_key = done.name_key
    RETURNING item.ingredient_id, item.name_key, item.name, item.added_at, item.amount,
        item.unit, item.best_before, item.place, item.note, item.moved_at
),
added AS (
    INSERT INTO user_fridge_ingredients (
        chat_id, ingredient_id, name_key, name, added_at, amount, unit, best_before, place, note,
        moved_at
    )
    SELECT CAST(:chat_id AS bigint), done.ingredient_id, done.name_key, done.name,
        done.added_at, done.amount, done.unit, done.best_before, done.place, done.note,
        done.moved_at
    FROM done
    WHERE done.fate = 'returns'
    ON CONFLICT (chat_id, ingredient_id, name_key) DO UPDATE SET name = excluded.name,
        added_at = excluded.added_at, amount = excluded.amount, unit = excluded.unit,
        best_before = excluded.best_before, place = excluded.place, note = excluded.note,
        moved_at = excluded.moved_at
    RETURNING ingredient_id, name_key, name, added_at, amount, unit, best_before, place, note,
        moved_at
),
changed AS MATERIALIZED (SELECT * FROM done WHERE fate = 'stays'),
rewritten AS (
    UPDATE user_fridge_ingredients AS item
    SET amount = changed.amount, unit = changed.unit, best_before = changed.best_before,
        place = changed.place, note = changed.note, moved_at = changed.moved_at
    FROM changed
    WHERE item.chat_id = :chat_id
        AND item.ingredient_id = changed.ingredient_id
        AND item.name_key = changed.name_key
),
marked AS (
    UPDATE handled_requests
    SET outcome = outcome || jsonb '{"undone": true}'
    FROM undoable
    CROSS JOIN used
    WHERE handled_requests.chat_id = :chat_id
        AND handled_requests.request = :undone
),
computed AS (
    SELECT jsonb_build_object('removed_ids', removed_items.ids, 'removed_keys', removed_items.keys, 'removed_names', removed_items.names, 'removed_times', removed_items.times, 'added_ids', added_items.ids, 'added_keys', added_items.keys, 'added_names', added_items.names, 'added_times', added_items.times, 'already', EXISTS (SELECT FROM undone WHERE already), 'forgotten', NOT EXISTS (SELECT FROM undone)) || removed_items.lots || added_items.lots || coalesce(
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
    CROSS JOIN (
        SELECT coalesce(array_agg(ingredient_id), '{}') AS ids,
            coalesce(array_agg(name_key), '{}') AS keys, coalesce(array_agg(name), '{}') AS names,
            coalesce(array_agg(added_at), '{}') AS times,
            CASE WHEN count(lot) > 0 THEN jsonb_build_object(
                'added_lots', array_agg(lot)
            ) ELSE jsonb '{}' END AS lots
        FROM (
            SELECT *,
                CASE WHEN NOT num_nonnulls(added.unit, added.best_before, added.place, added.note) = 0 THEN jsonb_strip_nulls(
                    jsonb_build_object(
                        'amount', CAST(added.amount AS text), 'unit', added.unit, 'best_before',
                        added.best_before, 'place', added.place, 'note', added.note, 'moved_at',
                        added.moved_at
                    )
                ) END AS lot
            FROM added
            ORDER BY added.added_at DESC, added.ingredient_id, added.name_key
        ) AS item
    ) AS added_items
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
            FROM done
            WHERE done.ingredient_id = held.ingredient_id
                AND done.name_key = held.name_key
        )
    UNION ALL
    SELECT restored.ingredient_id, restored.name_key, restored.name, restored.added_at,
        restored.amount, restored.unit, restored.best_before, restored.place, restored.note,
        restored.moved_at
    FROM restored
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
