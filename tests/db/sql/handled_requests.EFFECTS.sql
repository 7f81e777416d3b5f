SELECT request
FROM handled_requests
WHERE chat_id = :chat_id
    AND request ~ :of_message
    AND (message_date = CAST(:message_date AS timestamptz)) IS NOT FALSE
    AND jsonb_array_length(
        coalesce(outcome -> 'added_ids', jsonb '[]')
    ) + jsonb_array_length(
        coalesce(outcome -> 'removed_ids', jsonb '[]')
    ) + jsonb_array_length(coalesce(outcome -> 'changed', jsonb '[]')) > 0
ORDER BY handled_at DESC, request DESC
