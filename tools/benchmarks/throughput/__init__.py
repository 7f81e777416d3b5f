"""How many updates a second the program answers, beside others that do the same work."""
