"""Records of updates: handled, failed and waiting ones. Nothing of what is in a fridge."""
