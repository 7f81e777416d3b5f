"""The contents of the tables at the end of a run."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import asyncpg

CONTENTS: Final = "SELECT chat_id, name FROM user_fridge_ingredients"
SESSIONS: Final = "SELECT chat_id, created_at FROM user_fridge_sessions"


@dataclass(frozen=True, slots=True)
class Tables:
    """The names in each chat's fridge, and when its session began."""

    contents: Mapping[int, frozenset[str]]
    sessions: Mapping[int, datetime]


async def read_tables(database_url: str) -> Tables:
    """Read the tables directly."""
    connection = await asyncpg.connect(database_url)
    contents: dict[int, set[str]] = {}
    for chat_id, name in await connection.fetch(CONTENTS):
        contents.setdefault(chat_id, set()).add(name)
    sessions: dict[int, datetime] = {
        row["chat_id"]: row["created_at"] for row in await connection.fetch(SESSIONS)
    }
    await connection.close()
    return Tables({chat: frozenset(names) for chat, names in contents.items()}, sessions)
