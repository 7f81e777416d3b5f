"""Parts of the views of several features: names, offers, refusals, categories, rows of buttons."""
