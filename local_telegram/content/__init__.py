"""What messages consist of, read as Telegram reads it: texts, HTML, keyboards; no state."""
