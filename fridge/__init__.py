"""The domain: what a fridge, its things and its life are. No I/O, and no words for people."""
