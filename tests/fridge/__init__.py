"""Tests of `fridge/`."""
