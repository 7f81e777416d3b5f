"""What the bot can do: `/start`, `/help`, greetings, and apologies."""
