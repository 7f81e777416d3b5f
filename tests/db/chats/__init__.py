"""Tests of `db/chats/`."""
