SELECT handled_at
FROM handled_requests
WHERE handled_at > :after
    AND handled_at <= :last
ORDER BY handled_at
OFFSET :size - 1
LIMIT 1
