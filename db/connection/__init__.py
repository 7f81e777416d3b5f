"""Connections to PostgreSQL: engine, pipelined commands, servers. Nothing on a particular table."""
