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


def hold_stops() -> None:
    """Let signals that ask for a stop wait until `stop_on_signals`: there is nothing to stop yet.

    To be called while the program has one thread.
    """
    signal.pthread_sigmask(signal.SIG_BLOCK, STOPS)


@contextmanager
def stop_on_signals() -> Generator[asyncio.Event]:
    """Give an event that every signal for a stop sets, in the program's main thread.

    Any number of them is one stop, as one may arrive twice: a service manager sends SIGTERM to each
    process of a group, and a parent such as `make` passes on its own. Only a second Ctrl-C is
    impatient: it has its usual effect. Afterwards they are ignored: the program is about to end,
    with the status of an orderly stop.
    """
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()

    # Not the loop's own handlers: when it is closed, their signals would kill for a moment.
    def stop(number: int, _frame: FrameType | None) -> None:
        if number == signal.SIGINT:
            signal.signal(signal.SIGINT, signal.default_int_handler)
        loop.call_soon_threadsafe(stopping.set)

    for number in STOPS:
        # `nohup` starts a program that is to outlive its terminal.
        if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:
            signal.signal(number, stop)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, STOPS)
    try:
        yield stopping
    finally:
        for number in STOPS:
            signal.signal(number, signal.SIG_IGN)


async def unless_stopped(work: Coroutine[Any, Any, Result]) -> Result:
    """Do something and return its result, or break it off when a signal asks for a stop.

    Raises:
        BrokenOffError: it was.
    """
    with stop_on_signals() as stopping:
        return await until(stopping, work)


async def until(stopping: asyncio.Event, work: Coroutine[Any, Any, Result]) -> Result:
    """Do something and return its result, or break it off when `stopping` is set.

    Raises:
        BrokenOffError: it was.
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
