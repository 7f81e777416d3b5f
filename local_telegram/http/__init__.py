"""Checks of all HTTP requests: who may ask, and with what body; no route is here."""
