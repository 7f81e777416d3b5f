"""Tests of `bot/receiving/`."""
