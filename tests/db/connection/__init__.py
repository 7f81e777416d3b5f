"""Tests of `db/connection/`."""
