"""Exchanging whole lists: `/export` as files, and `/import` of a list or a file."""
