SELECT language FROM chat_settings WHERE chat_id = :chat_id
