"""Watches a load that is under way, and costs it as little as can be."""

import asyncio
import gc
import time
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from typing import Final

from tools.benchmarks.throughput.load.ledger import Ledger

PAUSE_SECONDS: Final = 0.05


@contextmanager
def without_collection() -> Generator[None]:
    """Collect no garbage meanwhile: that would hold up whatever is under way."""
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


async def until(is_so: Callable[[], bool], seconds: float) -> None:
    """Look now and then whether something is so, at most for so many seconds."""
    deadline = time.perf_counter() + seconds
    # To be told would cost something with every answer.
    while not is_so() and (left := deadline - time.perf_counter()) > 0:  # noqa: ASYNC110
        await asyncio.sleep(min(left, PAUSE_SECONDS))


def latencies(ledger: Ledger, began: float, ended: float) -> Sequence[float]:
    """The latencies of what was answered between two times, in seconds and in order."""
    return sorted(
        at - given
        for at, given in zip(ledger.answered_at, ledger.given_at, strict=True)
        if began <= at < ended
    )
