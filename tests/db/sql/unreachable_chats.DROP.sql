DELETE FROM unreachable_chats WHERE chat_id = :chat_id
