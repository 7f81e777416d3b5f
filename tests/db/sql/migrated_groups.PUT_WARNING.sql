INSERT INTO expiry_warnings (
    chat_id, last_accessed, created_at, expires_at, claimed_at, sent_at, items
)
VALUES (
    :chat_id, :last_accessed, :created_at, :expires_at, :claimed_at, :sent_at, CAST(:items AS jsonb)
)
ON CONFLICT (chat_id) DO NOTHING
