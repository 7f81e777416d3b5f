"""The warning that a fridge is about to empty itself, and its button."""
