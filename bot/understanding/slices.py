"""Does long computations in slices, between which the loop answers other people."""

import asyncio
from collections.abc import Generator
from dataclasses import dataclass, field
from time import perf_counter
from typing import Final, TypeVar

Result = TypeVar("Result")

Steps = Generator[None, None, Result]
"""A computation that yields after each small step, and returns its result at the end."""

SLICE_SECONDS: Final = 0.001


def run_without_pause(steps: Steps[Result]) -> Result:
    """Run a short computation to its end without a pause, and return its result."""
    while True:
        try:
            next(steps)
        except StopIteration as end:
            result: Result = end.value
            return result


@dataclass(frozen=True, slots=True)
class Slices:
    """Runs computations in slices. Those longer than one slice run one after the other.

    So only people whose own message takes long wait for long computations. A computation ends when
    its caller is cancelled.

    Args:
        seconds: the length of a slice.
    """

    seconds: float = SLICE_SECONDS
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def finish(self, steps: Steps[Result]) -> Result:
        """Run a computation to its end, and return its result."""
        result = self._slice(steps)
        if not result:
            async with self._turn:
                while not result:
                    await asyncio.sleep(0)
                    result = self._slice(steps)
        return result[0]

    def _slice(self, steps: Steps[Result]) -> tuple[Result] | tuple[()]:
        """Run one slice; return the result in a tuple, which is empty if there are more steps."""
        end = perf_counter() + self.seconds
        try:
            next(steps)
            while perf_counter() < end:
                next(steps)
        except StopIteration as finished:
            return (finished.value,)
        return ()
