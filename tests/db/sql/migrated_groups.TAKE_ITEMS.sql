SELECT ingredient_id, name_key, name, added_at, amount, unit, best_before, place, note, moved_at
FROM user_fridge_ingredients
WHERE chat_id = :chat_id
    AND added_at >= :created_at
