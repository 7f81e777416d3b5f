"""The program with confirmation moved before handling: what the checker has to find out."""

import asyncio
import sys
from collections.abc import Sequence
from unittest.mock import patch

from bot.receiving.chat_queues import ChatQueues
from bot.telegram.updates import RawUpdate
from startup.command_line import main

accept = ChatQueues.accept
accepting: set[asyncio.Task[None]] = set()


async def accept_later(queues: ChatQueues, batch: Sequence[RawUpdate]) -> None:
    """Returns at once, and so the next poll confirms the batch."""
    accepting.add(asyncio.create_task(accept(queues, batch)))


if __name__ == "__main__":
    with patch.object(ChatQueues, "accept", accept_later):
        sys.exit(main([]))
