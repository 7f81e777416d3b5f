"""Replicas of a bot, each a process of its own."""

from collections.abc import Sequence
from contextlib import AsyncExitStack
from itertools import cycle
from types import TracebackType
from typing import Self

from tools.chaos.service import Service


class Fleet:
    """Keeps replicas running, as an async context manager, and kills one after the other."""

    def __init__(self, services: Sequence[Service]) -> None:
        self._services = services
        self._turns = cycle(services)
        self._last_killed = services[0]
        self._stack = AsyncExitStack()

    @property
    def kills(self) -> int:
        """How many times a replica was killed."""
        return sum(service.kills for service in self._services)

    async def kill(self) -> None:
        """Kill the next replica."""
        self._last_killed = next(self._turns)
        await self._last_killed.kill()

    async def kill_again(self) -> None:
        """Kill the replica again that was killed last."""
        await self._last_killed.kill()

    async def __aenter__(self) -> Self:
        for service in self._services:
            await self._stack.enter_async_context(service)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._stack.__aexit__(kind, error, trace)
