"""The ingredients of Korean and Western kitchens, and the matching of typed names to them."""
