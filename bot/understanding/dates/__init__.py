"""Reads days, as words and digits of both languages say them. No names, no amounts."""
