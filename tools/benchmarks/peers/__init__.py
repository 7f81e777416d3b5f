"""Bots on other libraries, written as these propose, run in the peers' own environment."""
