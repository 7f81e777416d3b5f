"""From a reply to Telegram: calls, their delivery, flood limits, reachable chats. No handlers."""
