"""A program that is restarted whenever it ends, as a service manager does."""

import asyncio
import signal
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Final, Self

SECONDS_TO_STOP: Final = 15.0


class Service:
    """Keeps a program running, as an async context manager.

    The program runs in `folder`, with the given environment only, and prints to `log`. `on_end`
    is called each time it has ended.
    """

    def __init__(
        self,
        command: Sequence[str],
        *,
        environment: Mapping[str, str],
        folder: Path,
        log: Path,
        on_end: Callable[[], None],
    ) -> None:
        self.kills = 0
        self._command = command
        self._environment = environment
        self._folder = folder
        self._log = log
        self._on_end = on_end
        self._process: asyncio.subprocess.Process | None = None
        self._started = asyncio.Event()
        self._stopping = False
        self._running: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._running = asyncio.create_task(self._run())
        return self

    async def __aexit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        """Stop the program; kill it if that takes too long."""
        self._stopping = True
        self._signal(signal.SIGTERM)
        if self._running is None:
            return
        _, late = await asyncio.wait((self._running,), timeout=SECONDS_TO_STOP)
        if late:
            self._signal(signal.SIGKILL)
        await self._running

    async def kill(self) -> None:
        """Kill the program; if it has just ended, kill it as soon as it is restarted."""
        while not self._signal(signal.SIGKILL):
            self._started.clear()
            await self._started.wait()
        self.kills += 1

    def _signal(self, number: signal.Signals) -> bool:
        process = self._process
        if process is None or process.returncode is not None:
            return False
        process.send_signal(number)
        return True

    async def _run(self) -> None:
        while not self._stopping:
            with self._log.open("ab") as log:
                self._process = await asyncio.create_subprocess_exec(
                    *self._command,
                    cwd=self._folder,
                    env=self._environment,
                    stdin=asyncio.subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    start_new_session=True,
                )
            self._started.set()
            await self._process.wait()
            self._on_end()
