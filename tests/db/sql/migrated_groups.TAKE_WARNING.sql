DELETE FROM expiry_warnings
WHERE chat_id = :chat_id
RETURNING last_accessed, created_at, expires_at, claimed_at, sent_at, items
