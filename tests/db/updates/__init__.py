"""Tests of `db/updates/`."""
