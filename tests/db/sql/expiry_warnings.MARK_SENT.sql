UPDATE expiry_warnings
SET sent_at = :now
WHERE chat_id = :chat_id
    AND last_accessed = :last_accessed
