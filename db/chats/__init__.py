"""Rows of a chat other than its fridge: settings, group moves, blocks, forgetting."""
