"""Explaining the bot: `/start`, `/help`, greetings, and replies to messages without a command."""
