"""The domain: fridges, their items and lifetimes, requests. No I/O, and no texts for people."""
