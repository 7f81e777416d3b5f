UPDATE user_fridge_sessions
SET revision = revision + 1
WHERE chat_id = :chat_id
    AND (expires_at > :now OR last_accessed > :idle_since)
RETURNING created_at, expires_at, last_accessed, revision, language
