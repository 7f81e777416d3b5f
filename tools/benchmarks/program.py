"""Runs a measured program as a process, and reads its memory and processor time."""

import asyncio
import os
import signal
from asyncio.subprocess import Process
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

SECONDS_TO_STOP: Final = 15.0


@asynccontextmanager
async def running(
    command: Sequence[str], *, environment: Mapping[str, str], folder: Path, log: Path
) -> AsyncGenerator[Process]:
    """Run a program in `folder` meanwhile; its output is appended to `log`.

    SIGTERM stops the program; it is killed if that takes too long.
    """
    with log.open("ab") as output:
        process = await asyncio.create_subprocess_exec(
            *command,
            cwd=folder,
            env=environment,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=output,
            stderr=output,
        )
    try:
        yield process
    finally:
        await _stop(process)


async def _stop(process: Process) -> None:
    if process.returncode is not None:
        return
    process.send_signal(signal.SIGTERM)
    try:
        async with asyncio.timeout(SECONDS_TO_STOP):
            await process.wait()
    except TimeoutError:
        process.kill()
        await process.wait()


class Usage:
    """The resources that a process has used so far, from /proc."""

    def __init__(self, pid: int) -> None:
        self.megabytes = 0.0
        self.processor_seconds = 0.0
        self._folder = Path("/proc") / str(pid)

    def read(self) -> None:
        """Read the peak memory and the processor time; the last values stay after the end."""
        try:
            status = (self._folder / "status").read_text()
            fields = (self._folder / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            return
        peak = next((line for line in status.splitlines() if line.startswith("VmHWM")), "VmHWM: 0")
        self.megabytes = int(peak.split()[1]) / 1000
        self.processor_seconds = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
