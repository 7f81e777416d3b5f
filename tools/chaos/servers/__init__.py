"""The servers that a run starts around the bot: PostgreSQL, nginx, PgBouncer; bots are not here."""
