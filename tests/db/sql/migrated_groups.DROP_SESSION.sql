DELETE FROM user_fridge_sessions WHERE chat_id = :chat_id
