"""The fridge as files: `/export`, and `/import` of a list or a file."""
