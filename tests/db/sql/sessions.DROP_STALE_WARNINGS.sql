DELETE FROM expiry_warnings AS warned
USING user_fridge_sessions AS session
WHERE session.expires_at > :after
    AND session.expires_at <= :until
    AND session.last_accessed <= :idle_since
    AND warned.chat_id = session.chat_id
    AND warned.last_accessed < session.last_accessed
