"""The program with an amount put in twice now and then: what the checker has to find out."""

import sys
from collections.abc import Sequence
from datetime import datetime
from unittest.mock import patch

from db.fridges.repository import FridgeRepository
from fridge.items import NewItem
from fridge.outcomes import Added
from fridge.request_keys import RequestKey
from startup.command_line import main

add = FridgeRepository.add
DOUBLED = 10
"""Of so many messages one is put in twice."""


async def add_twice(
    fridges: FridgeRepository,
    key: RequestKey,
    items: Sequence[NewItem],
    now: datetime,
    language: str | None = None,
) -> Added:
    """Says how much was put in, and has put in the double."""
    added = await add(fridges, key, items, now, language)
    if int(key.request.strip("m")) % DOUBLED == 0:
        await add(fridges, key._replace(request=f"{key.request} again"), items, now, language)
    return added


if __name__ == "__main__":
    with patch.object(FridgeRepository, "add", add_twice):
        sys.exit(main([]))
