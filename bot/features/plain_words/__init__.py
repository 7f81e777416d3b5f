"""Messages without a command: finds the feature that answers a text."""
