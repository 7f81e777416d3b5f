"""Starts and stops the program: command line, settings and log, and the wiring of the parts."""
