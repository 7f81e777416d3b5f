DELETE FROM user_fridge_ingredients WHERE chat_id = :chat_id AND added_at < :created_at
