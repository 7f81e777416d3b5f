"""The languages of the bot, and the catalogues of its texts. No texts of a feature's own."""
