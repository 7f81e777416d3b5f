"""Emptying the fridge: `/clear`, after a question."""
