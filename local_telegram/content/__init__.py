"""What a call puts into a message (texts, HTML, entities, keyboards), read as Telegram reads it."""
