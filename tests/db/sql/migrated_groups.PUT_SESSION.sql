INSERT INTO user_fridge_sessions AS stored (
    chat_id, created_at, expires_at, last_accessed, revision, language
)
VALUES (:chat_id, :created_at, :expires_at, :last_accessed, :revision, :language)
ON CONFLICT (chat_id) DO UPDATE SET created_at = CASE WHEN (
    stored.expires_at > :now OR stored.last_accessed > :idle_since
) THEN stored.created_at ELSE :now END,
    expires_at = greatest(stored.expires_at, excluded.expires_at),
    last_accessed = greatest(stored.last_accessed, excluded.last_accessed),
    revision = stored.revision + 1, language = coalesce(stored.language, excluded.language)
RETURNING created_at
