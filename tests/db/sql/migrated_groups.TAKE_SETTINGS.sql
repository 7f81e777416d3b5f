DELETE FROM chat_settings WHERE chat_id = :chat_id RETURNING language, time_zone, warnings
