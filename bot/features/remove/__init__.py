"""Taking things out by their names: `/remove`."""
