"""The commands of admins: `/stats` and `/cleanup`."""
