"""Tests of `bot/features/`."""
