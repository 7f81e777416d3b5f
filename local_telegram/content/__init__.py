"""What a call puts into a message, read as Telegram reads it; storing it is not done here."""
