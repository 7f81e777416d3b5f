"""Prepares the process: signals, standard streams, and the files to read before it is busy."""
