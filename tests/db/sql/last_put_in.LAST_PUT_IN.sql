SELECT chat_id, outcome
FROM handled_requests
WHERE chat_id = :chat_id
    AND handled_at > CAST(:since AS timestamptz)
    AND handled_at <= CAST(:until AS timestamptz)
    AND kind IN ('add', 'replace')
    AND split_part(split_part(request, ' ', 1), '.', 1) <> CAST(:own AS text)
    AND coalesce(outcome -> 'undone', 'false') = 'false'
    AND (
        jsonb_array_length(outcome -> 'added_ids') > 0
            OR jsonb_array_length(coalesce(outcome -> 'changed', '[]')) > 0
    )
ORDER BY handled_at DESC,
    CAST(substring(request FROM '[0-9]+') AS numeric) DESC FETCH FIRST 1 ROW WITH TIES
