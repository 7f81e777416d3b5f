"""All SQL: the schema, connections, and repositories that speak the domain. Nothing of Telegram."""
