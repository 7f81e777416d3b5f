"""The list of the fridge: `/fridge` and `/list`, pages, categories, and taking out by a tap."""
