WITH listed AS MATERIALIZED (
    SELECT *
    FROM unnest(
        CAST(:ingredient_ids AS integer[]), CAST(:name_keys AS text[]), CAST(:names AS text[]),
        CAST(:times AS timestamptz[]), CAST(:amounts AS numeric[]), CAST(:units AS text[]),
        CAST(:best_befores AS date[]), CAST(:places AS text[]), CAST(:notes AS text[]),
        CAST(:moved_ats AS timestamptz[])
    ) AS listed (
        ingredient_id, name_key, name, added_at, amount, unit, best_before, place, note, moved_at
    )
),
held AS MATERIALIZED (
    SELECT item.ingredient_id, item.name_key, item.name, item.added_at, item.amount, item.unit,
        item.best_before, item.place, item.note, item.moved_at,
        split_part(item.name_key, chr(10), 1) AS of_name
    FROM user_fridge_ingredients AS item
    WHERE item.chat_id = :chat_id
),
last_lots AS MATERIALIZED (
    SELECT held.ingredient_id, split_part(held.name_key, chr(10), 1) AS of_name,
        max(
            CAST(coalesce(nullif(split_part(held.name_key, chr(10), 2), ''), '1') AS integer)
        ) AS number
    FROM held
    GROUP BY 1, 2
),
moved AS MATERIALIZED (
    SELECT listed.*, split_part(listed.name_key, chr(10), 1) AS of_name,
        equal.name_key AS equal_key
    FROM listed
    LEFT JOIN LATERAL (
        SELECT held.name_key
        FROM held
        WHERE held.ingredient_id = listed.ingredient_id
            AND held.of_name = split_part(listed.name_key, chr(10), 1)
            AND (
                held.unit, held.best_before, held.place, held.note
            ) IS NOT DISTINCT FROM (listed.unit, listed.best_before, listed.place, listed.note)
            AND coalesce(held.amount + listed.amount <= 100000, true)
            AND NOT EXISTS (
                SELECT
                FROM listed AS before
                WHERE before.ingredient_id = listed.ingredient_id
                    AND split_part(before.name_key, chr(10), 1) = held.of_name
                    AND (
                        before.unit, before.best_before, before.place, before.note
                    ) IS NOT DISTINCT FROM (
                        listed.unit, listed.best_before, listed.place, listed.note
                    )
                    AND before.name_key < listed.name_key
            )
        ORDER BY held.name_key
        LIMIT 1
    ) AS equal
        ON true
),
added_up AS (
    UPDATE user_fridge_ingredients AS item
    SET amount = item.amount + moved.amount
    FROM moved
    WHERE item.chat_id = :chat_id
        AND item.ingredient_id = moved.ingredient_id
        AND item.name_key = moved.equal_key
        AND moved.amount IS NOT NULL
)
INSERT INTO user_fridge_ingredients (
    chat_id, ingredient_id, name_key, name, added_at, amount, unit, best_before, place, note,
    moved_at
)
SELECT CAST(:chat_id AS bigint), moved.ingredient_id,
    CASE WHEN last_lots.number IS NULL THEN moved.name_key ELSE moved.of_name || CASE (coalesce(last_lots.number, 0) + row_number() OVER (PARTITION BY moved.ingredient_id, moved.of_name ORDER BY moved.name_key)) WHEN 1 THEN '' ELSE chr(10) || CAST(
        (
            coalesce(last_lots.number, 0) + row_number() OVER (
                PARTITION BY moved.ingredient_id, moved.of_name ORDER BY moved.name_key
            )
        ) AS text
    ) END END,
    moved.name, moved.added_at, moved.amount, moved.unit, moved.best_before, moved.place,
    moved.note, moved.moved_at
FROM moved
LEFT JOIN last_lots
USING (ingredient_id, of_name)
WHERE moved.equal_key IS NULL
