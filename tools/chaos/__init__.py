"""Kills the bot and its database again and again, and checks what the people in the chats saw."""
