SELECT (SELECT count(*) FROM user_fridge_ingredients WHERE chat_id = :chat_id) AS items,
    EXISTS (SELECT FROM chat_settings WHERE chat_id = :chat_id) AS settings,
    EXISTS (SELECT FROM expiry_warnings WHERE chat_id = :chat_id) AS warning
