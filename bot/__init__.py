"""The bot: what people say to it, and what it answers."""

__version__ = "0.1.0"
