"""Edited messages: what a message did is undone, and what it says now is done."""
