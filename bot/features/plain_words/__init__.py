"""Messages without a command: which feature a text is for."""
