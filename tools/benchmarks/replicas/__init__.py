"""Measures replicas behind nginx together, and what is lost when one of them is killed."""
