"""What several features say: names, offers, refusals, categories, rows of buttons."""
