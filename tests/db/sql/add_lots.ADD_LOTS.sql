WITH recorded AS MATERIALIZED (
    SELECT outcome, handled_at, message_date
    FROM handled_requests
    WHERE chat_id = :chat_id
        AND request = :request
        AND (message_date = CAST(:message_date AS timestamptz)) IS NOT FALSE
    FOR UPDATE
),
wanted AS MATERIALIZED (
    SELECT *
    FROM unnest(
        CAST(:ingredient_ids AS integer[]), CAST(:name_keys AS text[]), CAST(:names AS text[]),
        CAST(:amounts AS numeric[]), CAST(:units AS text[]), CAST(:best_befores AS date[]),
        CAST(:places AS text[]), CAST(:notes AS text[])
    ) WITH ORDINALITY AS wanted (
        ingredient_id, of_name, name, amount, unit, best_before, place, note, position
    )
),
snapshot AS MATERIALIZED (
    SELECT created_at, last_accessed, revision,
        (stored.expires_at > :now OR stored.last_accessed > :idle_since) AS live
    FROM user_fridge_sessions AS stored
    WHERE stored.chat_id = :chat_id
),
held AS MATERIALIZED (
    SELECT item.ingredient_id, item.name_key, item.name, item.added_at, item.amount, item.unit,
        item.best_before, item.place, item.note, item.moved_at,
        split_part(item.name_key, chr(10), 1) AS of_name
    FROM user_fridge_ingredients AS item
    JOIN snapshot
        ON snapshot.live
        AND item.added_at >= snapshot.created_at
    WHERE item.chat_id = :chat_id
),
met AS MATERIALIZED (
    SELECT DISTINCT ON (wanted.position) wanted.position, wanted.ingredient_id, wanted.of_name,
        wanted.name AS wanted_name, wanted.amount AS wanted_amount, wanted.unit AS wanted_unit,
        wanted.best_before AS wanted_best_before, wanted.place AS wanted_place,
        wanted.note AS wanted_note, held.name_key, held.name, held.added_at,
        CASE WHEN NOT num_nonnulls(held.unit, held.best_before, held.place, held.note) = 0 THEN jsonb_strip_nulls(
            jsonb_build_object(
                'amount', CAST(held.amount AS text), 'unit', held.unit, 'best_before',
                held.best_before, 'place', held.place, 'note', held.note, 'moved_at', held.moved_at
            )
        ) END AS before,
        coalesce(held.amount + wanted.amount, wanted.amount, held.amount) AS amount,
        coalesce(held.unit, wanted.unit) AS unit,
        coalesce(held.best_before, wanted.best_before) AS best_before,
        coalesce(wanted.place, held.place) AS place, held.note,
        CASE WHEN (wanted.place = 'freezer') <> (
            coalesce(held.place, '') = 'freezer'
        ) THEN CAST(:now AS timestamptz) ELSE held.moved_at END AS moved_at,
        wanted.amount IS NOT NULL
        OR held.best_before IS NULL
        AND wanted.best_before IS NOT NULL
        OR wanted.place IS DISTINCT FROM held.place
        AND wanted.place IS NOT NULL AS is_change
    FROM wanted
    LEFT JOIN held
        ON held.ingredient_id = wanted.ingredient_id
        AND held.of_name = wanted.of_name
        AND CASE WHEN wanted.unit IS NULL THEN (wanted.note IS NULL OR held.note = wanted.note)
        AND coalesce(
            held.best_before = wanted.best_before, true
        ) ELSE coalesce(held.unit = wanted.unit, true)
        AND (
            held.best_before, held.place, held.note
        ) IS NOT DISTINCT FROM (wanted.best_before, wanted.place, wanted.note) END
    ORDER BY wanted.position, held.unit = wanted.unit, held.best_before = wanted.best_before,
        (held.place = wanted.place) IS TRUE, held.best_before, held.added_at, held.name_key
),
decided AS MATERIALIZED (
    SELECT *,
        CASE WHEN name_key IS NULL THEN 'new' WHEN NOT is_change THEN 'there' WHEN row_number() OVER (
            PARTITION BY ingredient_id, name_key, is_change ORDER BY position
        ) > 1 THEN 'new' WHEN NOT coalesce(
            amount + 0 <= 100000, true
        ) THEN 'full' ELSE 'change' END AS decision
    FROM met
),
changes AS MATERIALIZED (
    SELECT decided.ingredient_id, decided.name_key, decided.name, decided.added_at,
        decided.before, coalesce(decided.amount + twin.amount, decided.amount) AS amount,
        decided.unit, decided.best_before, decided.place, decided.note, decided.moved_at,
        twin.name_key AS twin_key
    FROM decided
    LEFT JOIN LATERAL (
        SELECT held.name_key, held.amount
        FROM held
        WHERE held.ingredient_id = decided.ingredient_id
            AND held.of_name = decided.of_name
            AND held.name_key <> decided.name_key
            AND (
                held.unit, held.best_before, held.place, held.note
            ) IS NOT DISTINCT FROM (decided.unit, decided.best_before, decided.place, decided.note)
            AND coalesce(held.amount + decided.amount <= 100000, true)
            AND NOT EXISTS (
                SELECT
                FROM wanted
                WHERE wanted.ingredient_id = decided.ingredient_id
                    AND wanted.of_name = decided.of_name
                    AND wanted.position <> decided.position
            )
        ORDER BY held.best_before, held.added_at, held.name_key
        LIMIT 1
    ) AS twin
        ON true
    WHERE decided.decision = 'change'
),
last_lots AS MATERIALIZED (
    SELECT held.ingredient_id, split_part(held.name_key, chr(10), 1) AS of_name,
        max(
            CAST(coalesce(nullif(split_part(held.name_key, chr(10), 2), ''), '1') AS integer)
        ) AS number
    FROM held
    GROUP BY 1, 2
),
fresh AS MATERIALIZED (
    SELECT decided.position, decided.ingredient_id,
        decided.of_name || CASE (coalesce(last_lots.number, 0) + row_number() OVER (PARTITION BY decided.ingredient_id, decided.of_name ORDER BY decided.position)) WHEN 1 THEN '' ELSE chr(10) || CAST(
            (
                coalesce(last_lots.number, 0) + row_number() OVER (
                    PARTITION BY decided.ingredient_id, decided.of_name ORDER BY decided.position
                )
            ) AS text
        ) END AS name_key,
        decided.wanted_name AS name, decided.wanted_amount AS amount, decided.wanted_unit AS unit,
        decided.wanted_best_before AS best_before, decided.wanted_place AS place,
        decided.wanted_note AS note, CAST(NULL AS timestamptz) AS moved_at
    FROM decided
    LEFT JOIN last_lots
    USING (ingredient_id, of_name)
    WHERE decided.decision = 'new'
    ORDER BY decided.position
    LIMIT greatest(0, :max_items - (SELECT count(*) FROM held))
),
use AS MATERIALIZED (
    SELECT snapshot.*, held.count AS held, NOT EXISTS (SELECT FROM recorded)
        AND (
            EXISTS (SELECT FROM fresh)
                OR EXISTS (SELECT FROM changes)
                OR (snapshot.live AND snapshot.last_accessed > :recorded_since) IS NOT TRUE
        ) AS is_recorded
    FROM (SELECT count(*) FROM held) AS held
    LEFT JOIN snapshot
        ON true
),
used AS (
    UPDATE user_fridge_sessions AS stored
    SET created_at = CASE WHEN use.live THEN stored.created_at ELSE :now END,
        expires_at = CASE WHEN use.live THEN stored.expires_at ELSE :expires_at END,
        last_accessed = greatest(stored.last_accessed, :now), revision = stored.revision + 1,
        language = coalesce(:session_language, stored.language)
    FROM use
    WHERE stored.chat_id = :chat_id
        AND stored.revision = use.revision
        AND use.is_recorded
    RETURNING stored.created_at
),
begun AS (
    INSERT INTO user_fridge_sessions (
        chat_id, created_at, expires_at, last_accessed, revision, language
    )
    SELECT CAST(:chat_id AS bigint), CAST(:now AS timestamptz),
        CAST(:expires_at AS timestamptz), CAST(:now AS timestamptz),
        CAST(:first_revision AS bigint), CAST(:session_language AS text)
    FROM use
    WHERE use.is_recorded
        AND use.revision IS NULL
    ON CONFLICT (chat_id) DO NOTHING
    RETURNING created_at
),
session AS MATERIALIZED (SELECT created_at FROM used UNION ALL SELECT created_at FROM begun),
ended AS MATERIALIZED (SELECT use.last_accessed FROM used CROSS JOIN use WHERE NOT use.live),
outlived AS (
    DELETE FROM user_fridge_ingredients AS item
    WHERE EXISTS (SELECT FROM ended)
        AND item.chat_id = :chat_id
        AND item.added_at < :now
        AND NOT EXISTS (
            SELECT
            FROM fresh
            WHERE fresh.ingredient_id = item.ingredient_id
                AND fresh.name_key = item.name_key
        )
),
stale AS (
    DELETE FROM expiry_warnings
    WHERE chat_id = :chat_id
        AND last_accessed < (SELECT last_accessed FROM ended)
),
added AS (
    INSERT INTO user_fridge_ingredients (
        chat_id, ingredient_id, name_key, name, added_at, amount, unit, best_before, place, note,
        moved_at
    )
    SELECT :chat_id, fresh.ingredient_id, fresh.name_key, fresh.name,
        greatest(session.created_at, :now), fresh.amount, fresh.unit, fresh.best_before,
        fresh.place, fresh.note, fresh.moved_at
    FROM fresh
    CROSS JOIN session
    ON CONFLICT (chat_id, ingredient_id, name_key) DO UPDATE SET name = excluded.name,
        added_at = excluded.added_at, amount = excluded.amount, unit = excluded.unit,
        best_before = excluded.best_before, place = excluded.place, note = excluded.note,
        moved_at = excluded.moved_at
    RETURNING ingredient_id, name_key, name, added_at, amount, unit, best_before, place, note,
        moved_at
),
changed AS MATERIALIZED (SELECT changes.* FROM changes CROSS JOIN session),
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
    SELECT held.ingredient_id, held.name_key, held.name, held.added_at, held.amount, held.unit,
        held.best_before, held.place, held.note, held.moved_at
    FROM changed
    JOIN held
        ON held.ingredient_id = changed.ingredient_id
        AND held.name_key = changed.twin_key
),
dropped AS (
    DELETE FROM user_fridge_ingredients AS item
    USING merged
    WHERE item.chat_id = :chat_id
        AND item.ingredient_id = merged.ingredient_id
        AND item.name_key = merged.name_key
),
there AS MATERIALIZED (
    SELECT held.ingredient_id, held.name_key, held.name, held.added_at, held.amount, held.unit,
        held.best_before, held.place, held.note, held.moved_at
    FROM held
    WHERE NOT num_nonnulls(held.unit, held.best_before, held.place, held.note) = 0
        AND EXISTS (
            SELECT
            FROM wanted
            WHERE wanted.ingredient_id = held.ingredient_id
                AND wanted.of_name = held.of_name
        )
        AND NOT EXISTS (
            SELECT
            FROM changes
            WHERE changes.ingredient_id = held.ingredient_id
                AND held.name_key IN (changes.name_key, changes.twin_key)
        )
),
computed AS (
    SELECT jsonb_build_object('added_ids', added_items.ids, 'added_keys', added_items.keys, 'added_names', added_items.names, 'added_times', added_items.times, 'missing_ids', ARRAY(SELECT ingredient_id FROM decided WHERE decision <> 'there' ORDER BY position), 'missing_keys', ARRAY(SELECT of_name FROM decided WHERE decision <> 'there' ORDER BY position), 'held', (SELECT held FROM use)) || added_items.lots || coalesce(
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
    ) || coalesce(
        (
            SELECT jsonb_build_object(
                'there',
                jsonb_agg(
                    jsonb_build_object(
                        'id', there.ingredient_id, 'key', there.name_key, 'name', there.name,
                        'time', there.added_at, 'lot',
                        CASE WHEN NOT num_nonnulls(there.unit, there.best_before, there.place, there.note) = 0 THEN jsonb_strip_nulls(
                            jsonb_build_object(
                                'amount', CAST(there.amount AS text), 'unit', there.unit,
                                'best_before', there.best_before, 'place', there.place, 'note',
                                there.note, 'moved_at', there.moved_at
                            )
                        ) END
                    )
                    ORDER BY there.added_at DESC, there.ingredient_id, there.name_key
                )
            )
            FROM there HAVING count(*) > 0
        ),
        jsonb '{}'
    ) AS outcome
    FROM (SELECT true) AS always
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
first AS (SELECT outcome, handled_at FROM recorded UNION ALL SELECT outcome, handled_at FROM record)
SELECT CAST(:chat_id AS bigint) AS chat_id, first.outcome, first.handled_at,
    (SELECT language FROM chat_settings WHERE chat_id = :chat_id) AS language
FROM (SELECT true) AS always
LEFT JOIN first
    ON true
