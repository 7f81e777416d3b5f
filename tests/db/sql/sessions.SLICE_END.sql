SELECT expires_at
FROM user_fridge_sessions
WHERE expires_at > :after
    AND expires_at <= :last
ORDER BY expires_at
OFFSET :size - 1
LIMIT 1
