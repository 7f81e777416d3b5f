UPDATE user_fridge_sessions AS stored
SET revision = revision + 1
WHERE chat_id = :chat_id
    AND (stored.expires_at > :now OR stored.last_accessed > :idle_since)
RETURNING created_at, expires_at, last_accessed, revision, language
