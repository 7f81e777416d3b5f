SELECT expires_at, chat_id
FROM user_fridge_sessions
WHERE expires_at >= :begin
    AND expires_at <= :end
    AND (expires_at > :begin OR chat_id > :begin_chat_id)
    AND last_accessed <= :idle_end
ORDER BY expires_at, chat_id
LIMIT :most
