INSERT INTO ingredients AS ingredient (ingredient_id, category, emoji, ko, en)
SELECT *
FROM unnest(
    CAST(:ids AS integer[]), CAST(:categories AS text[]), CAST(:emojis AS text[]),
    CAST(:ko AS text[]), CAST(:en AS text[])
)
ON CONFLICT (ingredient_id) DO UPDATE SET category = excluded.category, emoji = excluded.emoji,
    ko = excluded.ko, en = excluded.en
WHERE (
    ingredient.category, ingredient.emoji, ingredient.ko, ingredient.en
) IS DISTINCT FROM (excluded.category, excluded.emoji, excluded.ko, excluded.en)
