"""Everything that knows SQL: the schema, its migrations, and repositories that speak the domain."""
