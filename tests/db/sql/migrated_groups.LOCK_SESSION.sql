SELECT chat_id FROM user_fridge_sessions WHERE chat_id = :chat_id FOR UPDATE
