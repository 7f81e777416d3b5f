"""Tests of `db/operation/`."""
