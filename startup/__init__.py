"""Starts and stops the program: its command line, settings and log, and the wiring of its parts."""
