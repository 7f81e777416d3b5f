"""What Telegram remembers, one kind a module; what people and the bot do is in `actions/`."""
