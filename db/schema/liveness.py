"""The condition by which every statement tells a live session from an expired one."""

from typing import Final

LIVE: Final = "({0}.expires_at > :now OR {0}.last_accessed > :idle_since)"
"""The condition that a session is live. `:idle_since` is `:now` less the session's life."""
