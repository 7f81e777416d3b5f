INSERT INTO unreachable_chats AS stored (chat_id, since)
VALUES (:chat_id, :now)
ON CONFLICT (chat_id) DO UPDATE SET since = greatest(stored.since, excluded.since)
