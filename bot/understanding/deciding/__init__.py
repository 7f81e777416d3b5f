"""From marks to meaning: the things of a sentence, and what is done with them."""
