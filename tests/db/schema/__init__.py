"""Tests of `db/schema/`."""
