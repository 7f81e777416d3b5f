WITH live AS MATERIALIZED (
    SELECT session.chat_id, session.created_at
    FROM user_fridge_sessions AS session TABLESAMPLE SYSTEM (CAST(:percent AS real)) REPEATABLE (0)
    WHERE (session.expires_at > :now OR session.last_accessed > :idle_since)
),
kept AS (
    SELECT item.ingredient_id, count(*) AS fridges
    FROM live
    JOIN user_fridge_ingredients AS item
        ON item.chat_id = live.chat_id
        AND item.added_at >= live.created_at
    GROUP BY item.ingredient_id
)
SELECT ingredient.ingredient_id, ingredient.ko, ingredient.en, ingredient.emoji, kept.fridges,
    (SELECT count(*) FROM live) AS opened
FROM kept
JOIN ingredients AS ingredient
USING (ingredient_id)
ORDER BY kept.fridges DESC, ingredient_id
