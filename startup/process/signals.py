"""The signals that stop the program."""

import asyncio
import signal
from collections.abc import Coroutine, Generator
from contextlib import contextmanager
from types import FrameType
from typing import Any, Final, TypeVar

from startup.errors import BrokenOffError

Result = TypeVar("Result")

STOPS: Final = frozenset({signal.SIGINT, signal.SIGTERM, signal.SIGHUP})
"""Ctrl-C, a service manager's stop, and a terminal that is closed."""


def block_stops() -> None:
    """Block the signals that stop the program until `stop_on_signals` handles them.

    Call this while the program has one thread: later threads inherit the mask.
    """
    signal.pthread_sigmask(signal.SIG_BLOCK, STOPS)


@contextmanager
def stop_on_signals() -> Generator[asyncio.Event]:
    """Give an event that each signal in STOPS sets. Use this in the program's main thread.

    Several signals are one stop, as one may arrive twice: a service manager sends SIGTERM to each
    process of a group, and a parent such as `make` passes its own on. Only a second Ctrl-C has its
    usual effect, since a person is impatient. When the context is closed, the signals are ignored:
    the program is about to end with the status of an orderly stop.
    """
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()

    # The loop's own handlers are not used: for a moment after it is closed, a signal would kill.
    def stop(number: int, _frame: FrameType | None) -> None:
        if number == signal.SIGINT:
            signal.signal(signal.SIGINT, signal.default_int_handler)
        loop.call_soon_threadsafe(stopping.set)

    for number in STOPS:
        # Under `nohup`, SIGHUP is ignored: the program is meant to outlive its terminal.
        if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:
            signal.signal(number, stop)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, STOPS)
    try:
        yield stopping
    finally:
        for number in STOPS:
            signal.signal(number, signal.SIG_IGN)


async def run_unless_stopped(work: Coroutine[Any, Any, Result]) -> Result:
    """Await work and return its result; a signal that stops the program cancels it.

    Raises:
        BrokenOffError: the work was cancelled.
    """
    with stop_on_signals() as stopping:
        return await run_until(stopping, work)


async def run_until(stopping: asyncio.Event, work: Coroutine[Any, Any, Result]) -> Result:
    """Await work and return its result; when `stopping` is set, cancel it.

    Raises:
        BrokenOffError: the work was cancelled.
    """
    task = asyncio.create_task(work)
    stop = asyncio.create_task(stopping.wait())
    await asyncio.wait((task, stop), return_when=asyncio.FIRST_COMPLETED)
    stop.cancel()
    if not task.done():
        task.cancel()
        await asyncio.wait((task,))
    if task.cancelled():
        raise BrokenOffError("Stopped by a signal before it was done")
    return task.result()
