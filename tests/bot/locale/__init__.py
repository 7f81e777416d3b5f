"""Tests of `bot/locale/`."""
