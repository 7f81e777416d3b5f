"""Proxies that do to a connection what networks do."""
