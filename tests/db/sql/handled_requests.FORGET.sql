DELETE FROM handled_requests
WHERE handled_at > :after
    AND handled_at <= :until
    AND NOT EXISTS (
        SELECT FROM waiting_updates WHERE waiting_updates.chat_id = handled_requests.chat_id
    )
