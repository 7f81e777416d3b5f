"""What people and the bot do in the chats, and who is told; how it is asked for is not here."""
