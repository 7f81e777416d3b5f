"""Runs the real program as a process with a webhook, on a given database."""

import asyncio
import os
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

from local_telegram.server import LocalTelegramServer
from local_telegram.telegram import LocalTelegram
from tools.benchmarks.program import running
from tools.benchmarks.scale.people import ADMIN
from tools.chaos.bots import OURS, free_addresses

TOKEN: Final = "1234567890:AAbenchmark-of-the-scale"  # noqa: S105 (of the stand-in)
SECRET: Final = "benchmark-benchmark"  # noqa: S105 (of the stand-in)
READY: Final = "Live on Telegram"
SECONDS_TO_START: Final = 60.0
PAUSE: Final = 0.05


class Program:
    """The running program, and the URL where it listens."""

    def __init__(self, pid: int, url: str) -> None:
        self.url = url
        self._memory = Path(f"/proc/{pid}/smaps_rollup")

    def megabytes(self) -> float:
        """The memory that the program shares with no other process, in MB."""
        lines = (line.split() for line in self._memory.read_text().splitlines())
        return sum(int(line[1]) for line in lines if line[0].startswith("Private_")) / 1000


@asynccontextmanager
async def running_program(database_url: str, folder: Path) -> AsyncGenerator[Program]:
    """Run the program with the stand-in for Telegram meanwhile."""
    log = folder / "program.log"
    log.unlink(missing_ok=True)
    [address] = free_addresses(1)
    async with LocalTelegramServer(LocalTelegram(token=TOKEN, record_calls=False)) as telegram:
        environment = {
            "PATH": os.environ["PATH"],
            "BOT_TOKEN": TOKEN,
            "TELEGRAM_API_URL": telegram.url,
            "DATABASE_URL": database_url,
            "ADMIN_IDS": str(ADMIN),
            "WEBHOOK_URL": "https://bot.example/webhook",
            "WEBHOOK_SECRET": SECRET,
            "LISTEN": address,
            "WARN_BEFORE": "off",
        }
        async with running(
            OURS.command, environment=environment, folder=folder, log=log
        ) as process:
            async with asyncio.timeout(SECONDS_TO_START):
                while READY not in log.read_text():
                    if process.returncode is not None:
                        raise RuntimeError(f"The program ended: {log.read_text()}")
                    await asyncio.sleep(PAUSE)
            yield Program(process.pid, f"http://{address}/webhook")
