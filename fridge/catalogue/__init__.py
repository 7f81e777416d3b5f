"""The ingredients of Korean and Western kitchens, and how a typed name finds one of them."""
