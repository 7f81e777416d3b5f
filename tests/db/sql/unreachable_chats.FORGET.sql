DELETE FROM unreachable_chats WHERE since < :before
