"""Proxies that slow, hold, cut and refuse connections as networks do; only bytes are passed."""
