"""Taking back one change: the Undo button."""
