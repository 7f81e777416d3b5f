"""The tables: models, migrations, and their distribution over Citus. No queries of repositories."""
