"""Measures the time from the program's start to its first answer."""

import asyncio
import shutil
import tempfile
import time
from pathlib import Path
from typing import Final, NamedTuple

from tools.benchmarks.program import running
from tools.benchmarks.throughput.contenders import OURS_POLLING
from tools.benchmarks.throughput.load.answers import faults_of
from tools.benchmarks.throughput.load.ledger import Ledger
from tools.benchmarks.throughput.load.mix import Command, Mix
from tools.benchmarks.throughput.load.polled import Polled
from tools.benchmarks.throughput.load.stand_in import TOKEN, StandIn
from tools.benchmarks.throughput.measure import FIRST_ID
from tools.benchmarks.throughput.results import MeasurementError
from tools.chaos.bots import base_environment

SECONDS_TO_ANSWER: Final = 60.0


class ColdStart(NamedTuple):
    """Seconds to the first answer, with a new embedded database and with an existing one."""

    new: float
    existing: float


async def measure_cold_start(mix: Mix) -> ColdStart:
    """Start the program twice in one folder: the second time, the database exists.

    Raises:
        MeasurementError: The program does not answer, or answers wrongly.
    """
    # A socket's path must be short.
    folder = Path(tempfile.mkdtemp(prefix="fridge-", dir="/tmp"))
    try:
        return ColdStart(new=await _start(mix, folder), existing=await _start(mix, folder))
    finally:
        shutil.rmtree(folder)


async def _start(mix: Mix, folder: Path) -> float:
    sent = next(sent for sent in mix.sent() if sent.command is Command.ADD)
    ledger = Ledger([sent.chat_id])
    feed = Polled(ledger, [sent.update(FIRST_ID)], first_id=FIRST_ID, at_once=1)
    async with StandIn(ledger, feed.poll) as api:
        settings = {
            "BOT_TOKEN": TOKEN,
            "TELEGRAM_API_URL": api.url,
            "DATA_DIR": str(folder / "data"),
        }
        began = time.perf_counter()
        program = running(
            OURS_POLLING.command,
            environment=base_environment() | settings,
            folder=folder,
            log=folder / "bot.log",
        )
        async with program:
            try:
                async with asyncio.timeout(SECONDS_TO_ANSWER):
                    await ledger.first_answer.wait()
            except TimeoutError:
                raise MeasurementError("the program answers nothing after its start") from None
    if faults := faults_of(mix, [sent], ledger):
        raise MeasurementError(", ".join(faults))
    return ledger.answered_at[0] - began
