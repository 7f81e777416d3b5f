"""The domain: fridges, items, lots, lifetimes and requests. No database, no texts for people."""
