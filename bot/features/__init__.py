"""A folder for each feature: its handlers and what they say. Nothing here receives or sends."""
