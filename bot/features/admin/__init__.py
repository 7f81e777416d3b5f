"""What admins see and do: `/stats` and `/cleanup`."""
