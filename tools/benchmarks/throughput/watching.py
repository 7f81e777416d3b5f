"""Watches a load at as little cost as possible."""

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
    """Switch garbage collection off meanwhile: a collection would delay the load."""
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


async def until(is_so: Callable[[], bool], seconds: float) -> None:
    """Check a condition now and then, for at most a number of seconds."""
    deadline = time.perf_counter() + seconds
    # A notification would cost time with every answer.
    while not is_so() and (left := deadline - time.perf_counter()) > 0:  # noqa: ASYNC110
        await asyncio.sleep(min(left, PAUSE_SECONDS))


def latencies(ledger: Ledger, began: float, ended: float) -> Sequence[float]:
    """Return the latencies of the answers between two times, in seconds, sorted."""
    return sorted(
        at - given
        for at, given in zip(ledger.answered_at, ledger.given_at, strict=True)
        if began <= at < ended
    )
