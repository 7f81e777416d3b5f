"""From text to what is meant: names, command words, links. Pure functions without I/O."""
