"""Work of the processor that is done in slices, between which everybody else is answered."""

import asyncio
from collections.abc import Generator
from dataclasses import dataclass, field
from time import perf_counter
from typing import Final, TypeVar

Result = TypeVar("Result")

Steps = Generator[None, None, Result]
"""Work that stops after each small step, and returns its result at the end."""

SLICE_SECONDS: Final = 0.001


def finish_at_once(steps: Steps[Result]) -> Result:
    """Do work that is short, in one go."""
    while True:
        try:
            next(steps)
        except StopIteration as end:
            result: Result = end.value
            return result


@dataclass(frozen=True, slots=True)
class Slices:
    """Does work in slices. Work that is longer than a slice waits for what came before it.

    So nobody waits for long work but those who asked for some themselves. It ends where the caller
    is cancelled.
    """

    seconds: float = SLICE_SECONDS
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def finish(self, steps: Steps[Result]) -> Result:
        """Do work to its end, and return its result."""
        result = self._slice(steps)
        if not result:
            async with self._turn:
                while not result:
                    await asyncio.sleep(0)
                    result = self._slice(steps)
        return result[0]

    def _slice(self, steps: Steps[Result]) -> tuple[Result] | tuple[()]:
        """Do some of the work; the result, alone, or nothing if there is more to do."""
        end = perf_counter() + self.seconds
        try:
            next(steps)
            while perf_counter() < end:
                next(steps)
        except StopIteration as finished:
            return (finished.value,)
        return ()
