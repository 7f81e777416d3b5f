"""Tests of `startup/`."""
