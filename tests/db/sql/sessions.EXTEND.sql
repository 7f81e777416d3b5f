UPDATE user_fridge_sessions
SET expires_at = session_expiry(last_accessed, :ttl_seconds)
WHERE expires_at > :after
    AND expires_at <= :until
    AND last_accessed > :idle_since
    AND session_expiry(last_accessed, :ttl_seconds) > expires_at
