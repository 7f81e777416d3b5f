INSERT INTO user_fridge_ingredients (chat_id, ingredient_id, name_key, name, added_at)
SELECT CAST(:chat_id AS bigint), ingredient_id, name_key, name, added_at
FROM unnest(
    CAST(:ingredient_ids AS integer[]), CAST(:name_keys AS text[]), CAST(:names AS text[]),
    CAST(:times AS timestamptz[])
) AS item (ingredient_id, name_key, name, added_at)
ON CONFLICT (chat_id, ingredient_id, name_key) DO NOTHING
