"""Measures how many updates a second the program answers, beside bots on other libraries."""
