"""Taking items out by their names: `/remove`."""
