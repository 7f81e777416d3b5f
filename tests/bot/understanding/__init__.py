"""Tests of `bot/understanding/`."""
