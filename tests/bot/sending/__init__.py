"""Tests of `bot/sending/`."""
