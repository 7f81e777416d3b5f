"""Repositories and tools for operators: statistics, job runs, the owner, backups."""
