"""A module for each command: from a request to a reply."""
