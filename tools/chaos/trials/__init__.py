"""Trials of the real program: long faults, a flood, stops under load."""
