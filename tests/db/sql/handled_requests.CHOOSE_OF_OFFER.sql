WITH chosen AS (
    UPDATE handled_requests AS offer
    SET outcome = jsonb_set(
        offer.outcome, '{left_out}',
        (
            coalesce(offer.outcome -> 'left_out', jsonb '[]') - CAST(:number AS text)
        ) || CASE WHEN :is_out THEN jsonb_build_array(CAST(:number AS text)) ELSE jsonb '[]' END
    )
    WHERE offer.chat_id = :chat_id
        AND offer.request = :request
        AND offer.kind = 'import'
        AND NOT EXISTS (
            SELECT
            FROM handled_requests AS added
            WHERE added.chat_id = :chat_id
                AND added.request = :added
        )
    RETURNING offer.outcome, offer.message_date
)
SELECT outcome, message_date
FROM chosen
UNION ALL
SELECT offer.outcome, offer.message_date
FROM handled_requests AS offer
WHERE offer.chat_id = :chat_id
    AND offer.request = :request
    AND offer.kind = 'import'
    AND NOT EXISTS (SELECT FROM chosen)
