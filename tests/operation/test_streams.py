"""Whatever the program's standard streams lead to, it starts, works and stops."""

import asyncio
import os
import signal
import sys
from asyncio.subprocess import Process
from pathlib import Path

import pytest
from aiohttp import ClientConnectionError, ClientSession

from tests.operation.fork_server import PATIENCE, ROOT
from tests.operation.program import (
    postgres_processes,
    stop_postgres,
    without_settings,
)
from tests.waiting import wait_until

pytestmark = pytest.mark.slow

PROGRAM = f"exec {sys.executable} {ROOT / 'run_bot.py'}"


async def end(process: Process) -> None:
    """Kill a process that a failed test has left running."""
    if process.returncode is None:
        process.kill()
        await process.wait()


@pytest.mark.usefixtures("used_before")
@pytest.mark.parametrize(
    "streams",
    [">&- 2>&- <&-", "> /dev/full 2>&1", "> >(true) 2>&1"],
    ids=["closed", "full", "a pipe that nobody reads"],
)
async def test_streams_that_take_nothing_end_nothing(
    http: ClientSession,
    working_directory: Path,
    data_dir: Path,
    unused_tcp_port: int,
    streams: str,
) -> None:
    address = f"127.0.0.1:{unused_tcp_port}"
    process = await asyncio.create_subprocess_exec(
        "bash",
        "-c",
        f"{PROGRAM} {streams}",
        cwd=working_directory,
        env=without_settings(os.environ)
        | {"DATA_DIR": str(data_dir), "LISTEN": address, "LOG_LEVEL": "DEBUG"},
        start_new_session=True,
    )

    async def answers() -> bool:
        body = {"person": "emma", "text": "/add tofu"}
        try:
            async with http.post(f"http://{address}/playground/send", json=body) as response:
                return "tofu" in await response.text()
        except ClientConnectionError:
            assert process.returncode is None
            return False

    try:
        await wait_until(answers)
        process.send_signal(signal.SIGTERM)
        assert await asyncio.wait_for(process.wait(), PATIENCE) == 0
        assert postgres_processes(data_dir) == []
    finally:
        await end(process)
        await asyncio.to_thread(stop_postgres, data_dir / "playground")


async def test_a_mistake_that_nobody_can_read_keeps_its_status(working_directory: Path) -> None:
    process = await asyncio.create_subprocess_exec(
        "bash",
        "-c",
        f"{PROGRAM} 2> /dev/full",
        cwd=working_directory,
        env=without_settings(os.environ) | {"LISTEN": "8080"},
    )
    try:
        assert await asyncio.wait_for(process.wait(), PATIENCE) == 2
    finally:
        await end(process)
