"""What Telegram remembers, one kind a module; what may be done with it is in `actions/`."""
