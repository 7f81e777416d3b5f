"""Opens the database for the program: the server, the owner, migrations, and backups."""
