"""Measures the costs of commands and jobs as the number of fridges grows; see docs/scale.md."""
