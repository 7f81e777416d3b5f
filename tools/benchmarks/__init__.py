"""Measurements of the program as it runs; see docs/."""
