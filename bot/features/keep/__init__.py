"""Keeping the fridge for longer: `/keep`."""
