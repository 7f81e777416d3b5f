"""A stand-in for Telegram: its Bot API over HTTP, the people who use it, and a chat page."""
