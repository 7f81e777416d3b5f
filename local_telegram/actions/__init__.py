"""What people and the bot do in the chats, and who is told: without HTTP, and without storage."""
