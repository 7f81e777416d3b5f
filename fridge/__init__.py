"""The domain: fridges, their items and lifetimes, requests. No database, no texts for people."""
