SELECT chat_id, update_id, content
FROM waiting_updates
WHERE chat_id = :chat_id
    AND update_id > :after
ORDER BY update_id
LIMIT :limit
