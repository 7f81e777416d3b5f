"""The program as a process: its lines, its memory, its end."""

import asyncio
import re
import signal
import time
from asyncio.subprocess import DEVNULL, PIPE, STDOUT, Process
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

from tools.chaos.bots import OURS, base_environment

SECONDS_TO_START: Final = 60.0
SECONDS_TO_STOP: Final = 20.0
LONGEST_LINE: Final = 1 << 20
LIVE: Final = "Live on Telegram as "
RESIDENT: Final = re.compile(r"^VmRSS:\s+(\d+) kB$", re.MULTILINE)
MEBIBYTE: Final = 1024
"""One MiB in KiB, the unit of /proc."""


class NotStartedError(Exception):
    """The program does not go live; the message is its output."""


@dataclass(frozen=True, slots=True)
class Stop:
    """How the program ended: a status below zero is the signal that ended it."""

    seconds: float
    status: int


class Program:
    """A run of the program; `lines` are its output since it went live."""

    def __init__(self, process: Process) -> None:
        self.lines: list[str] = []
        self._process = process
        self._live = asyncio.Event()
        self._reading = asyncio.create_task(self._read())

    @classmethod
    async def start(cls, settings: Mapping[str, str], folder: Path) -> Self:
        """Start the program in a folder with these settings only; return when it is live.

        Raises:
            NotStartedError: The program is not live after a minute, or has ended.
        """
        process = await asyncio.create_subprocess_exec(
            *OURS.command,
            cwd=folder,
            env={**base_environment(), **settings},
            stdin=DEVNULL,
            stdout=PIPE,
            stderr=STDOUT,
            limit=LONGEST_LINE,
            start_new_session=True,
        )
        program = cls(process)
        live = asyncio.create_task(program._live.wait())
        await asyncio.wait(
            (live, program._reading), timeout=SECONDS_TO_START, return_when=asyncio.FIRST_COMPLETED
        )
        if not live.done():
            live.cancel()
            await program.stop()
            raise NotStartedError("\n".join(program.lines))
        program.lines.clear()
        return program

    def memory(self) -> float:
        """The program's memory, in MiB."""
        try:
            status = Path(f"/proc/{self._process.pid}/status").read_text()
        except OSError:  # the program has ended
            return 0.0
        match = RESIDENT.search(status)
        return int(match[1]) / MEBIBYTE if match else 0.0

    async def stop(self) -> Stop:
        """Stop the program as a service manager does; kill it if that takes too long."""
        began_at = time.monotonic()
        if self._process.returncode is None:
            self._process.send_signal(signal.SIGTERM)
        try:
            async with asyncio.timeout(SECONDS_TO_STOP):
                status = await self._process.wait()
        except TimeoutError:
            self._process.kill()
            status = await self._process.wait()
        seconds = time.monotonic() - began_at
        await self._reading
        return Stop(seconds, status)

    async def _read(self) -> None:
        if self._process.stdout is None:
            return
        async for line in self._process.stdout:
            self.lines.append(line.decode(errors="replace").rstrip("\n"))
            if LIVE in self.lines[-1]:
                self._live.set()
