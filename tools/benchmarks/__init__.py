"""Measures the running program; the results are in docs/. Faults are in `tools/chaos/`."""
