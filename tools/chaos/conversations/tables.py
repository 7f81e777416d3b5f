"""The contents of the tables at the end of a run."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import asyncpg

from tools.chaos.conversations.commands import Kept

# Further lots of a name have other keys. Nobody of a run puts such lots in.
CONTENTS: Final = "SELECT chat_id, name_key, amount FROM user_fridge_ingredients"
SESSIONS: Final = "SELECT chat_id, created_at FROM user_fridge_sessions"


@dataclass(frozen=True, slots=True)
class Tables:
    """What is in each chat's fridge, and when its session began."""

    contents: Mapping[int, Kept]
    sessions: Mapping[int, datetime]


async def read_tables(database_url: str) -> Tables:
    """Read the tables directly."""
    connection = await asyncpg.connect(database_url)
    contents: dict[int, Kept] = {}
    for chat_id, name, amount in await connection.fetch(CONTENTS):
        contents[chat_id] = {**contents.get(chat_id, {}), name: amount}
    sessions: dict[int, datetime] = {
        row["chat_id"]: row["created_at"] for row in await connection.fetch(SESSIONS)
    }
    await connection.close()
    return Tables(contents, sessions)
