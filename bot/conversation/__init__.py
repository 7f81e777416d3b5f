"""Requests, replies and buttons, as values. Reading of words and sending are elsewhere."""
