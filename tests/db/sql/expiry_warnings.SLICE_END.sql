SELECT claimed_at
FROM expiry_warnings
WHERE claimed_at > :after
    AND claimed_at <= :last
ORDER BY claimed_at
OFFSET :size - 1
LIMIT 1
