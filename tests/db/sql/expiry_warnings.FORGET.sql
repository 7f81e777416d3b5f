DELETE FROM expiry_warnings
WHERE claimed_at > :after
    AND claimed_at <= :until
    AND expires_at <= :now
    AND last_accessed <= :idle_since
