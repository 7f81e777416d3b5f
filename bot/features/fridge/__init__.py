"""The list of the fridge: `/fridge` and `/list`, taking out by a tap, and changing a lot."""
