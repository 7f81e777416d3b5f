"""Repositories and statements of fridges: items, sessions, expiry warnings."""
