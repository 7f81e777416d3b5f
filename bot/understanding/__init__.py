"""Reads people's texts: what they mean, and the commands and links in them. Pure, without I/O."""
