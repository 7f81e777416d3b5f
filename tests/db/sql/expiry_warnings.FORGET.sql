DELETE FROM expiry_warnings WHERE claimed_at > :after AND claimed_at <= :until
