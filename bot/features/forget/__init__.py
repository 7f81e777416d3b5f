"""Deleting everything about a chat: `/forget`, after a question."""
