INSERT INTO waiting_updates AS stored (chat_id, update_id, content)
SELECT DISTINCT ON (chat_id, update_id) chat_id, update_id, content
FROM unnest(
    CAST(:chat_ids AS bigint[]), CAST(:update_ids AS bigint[]), CAST(:contents AS text[])
) WITH ORDINALITY AS given (chat_id, update_id, content, position)
ORDER BY chat_id DESC, update_id, position
ON CONFLICT (chat_id, update_id) DO UPDATE SET content = stored.content
