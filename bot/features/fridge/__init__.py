"""The living list: `/fridge` and `/list`, its pages, and taking out by a tap."""
