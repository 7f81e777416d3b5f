SELECT DISTINCT chat_id FROM waiting_updates
