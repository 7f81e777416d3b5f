"""Tests of `db/fridges/`."""
