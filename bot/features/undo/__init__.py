"""Undoing one change: the Undo button."""
