"""What the bot says: pure functions of data and a language, one module for each command."""
