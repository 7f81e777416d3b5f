DELETE FROM waiting_updates WHERE chat_id = :chat_id AND update_id = :update_id
