"""The languages of the bot, and the catalogues with the Korean of all texts."""
