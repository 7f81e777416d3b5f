"""Does what texts mean: puts in, takes out, corrects, answers and asks. No parsing."""
