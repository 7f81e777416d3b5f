DELETE FROM user_fridge_sessions
WHERE expires_at > :after
    AND expires_at <= :until
    AND last_accessed <= :idle_since
