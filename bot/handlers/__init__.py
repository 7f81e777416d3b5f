"""A module for each command: from a request to a reply, with one call to a repository."""
