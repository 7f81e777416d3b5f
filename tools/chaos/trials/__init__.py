"""Trials of the real program: long faults, floods, stops, strangers; no kills at random."""
