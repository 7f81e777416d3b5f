"""What a person asks and what the bot answers, as values. No reading of words, no sending."""
