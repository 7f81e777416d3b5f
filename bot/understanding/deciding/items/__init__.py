"""The items that the marks of a clause name, with what is said of each."""
