"""Reads texts of people: names, command words, links. Pure functions without I/O."""
