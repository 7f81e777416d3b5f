"""Parts of several features: reading a chat; names, lots, days, offers and buttons in messages."""
