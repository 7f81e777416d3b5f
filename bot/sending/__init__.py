"""From an answer to Telegram: calls, delivery, and the limits on sending."""
