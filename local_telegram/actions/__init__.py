"""What people and the bot do in the chats, and who learns of that; no HTTP is here."""
