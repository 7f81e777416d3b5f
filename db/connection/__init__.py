"""Connections to PostgreSQL: engine, pipelined commands, servers. No statement on a table."""
