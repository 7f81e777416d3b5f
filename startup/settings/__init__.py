"""What an operator sets: the table of settings, the parsers of values, `.env`, documentation."""
