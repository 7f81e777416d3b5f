UPDATE handled_requests
SET outcome = bare.outcome
FROM jsonb_each(CAST(:bare AS jsonb)) AS bare (request, outcome)
WHERE handled_requests.chat_id = :chat_id
    AND handled_requests.request = bare.request
