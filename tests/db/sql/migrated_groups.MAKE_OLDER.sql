UPDATE user_fridge_sessions SET created_at = least(created_at, :created_at) WHERE chat_id = :chat_id
