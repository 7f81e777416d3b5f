"""From text to marks: tokens, and the names, amounts, dates and words in them. No meaning yet."""
