"""The same bot on the receivers of other libraries, run in the peers' own environment."""
