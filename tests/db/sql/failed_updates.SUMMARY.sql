SELECT (SELECT count(*) FROM failed_updates WHERE failed_at > :since) AS count,
    last.error AS last_error, last.failed_at AS last_at
FROM (SELECT true) AS always
LEFT JOIN (
    SELECT error, failed_at
    FROM failed_updates
    WHERE failed_at > :since
    ORDER BY failed_at DESC
    LIMIT 1
) AS last
    ON true
