"""Strangers attack with bombs, garbage and long lists; people should not notice."""

import asyncio
import sys
import time
from asyncio.subprocess import PIPE
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import cycle
from typing import Final

from tools.chaos.bots import ROOT, Mode, base_environment
from tools.chaos.trials.flood import Delays, measure_delays
from tools.chaos.trials.intruders import BEGUN
from tools.chaos.trials.stage import Stage, check_lines, check_stop, open_stage
from tools.chaos.trials.writers import Writers

PEOPLE: Final = 20
PEOPLE_PER_SECOND: Final = 40.0
PEOPLES_MOST_COMMANDS: Final = 200
WARM_UP_SECONDS: Final = 5.0
SECONDS: Final = 20.0
PATIENCE_SECONDS: Final = 60.0
MOST_SECONDS_TO_STOP: Final = 10.0

LISTERS: Final = 5
LISTS_PER_SECOND: Final = 2.0
LIST: Final = "\n".join(f"thing {line}" for line in range(25_000)).encode()[:256_000]
FIRST_LISTER_ID: Final = 90_001

MOST_RATIO: Final = 2.0
"""The largest ratio of people's 99th percentiles with strangers to those without."""

MOST_LINES: Final = 10


@dataclass(frozen=True, slots=True)
class StrangersResult:
    """People's waits with and without strangers, the program's memory, and its log lines."""

    quiet: Delays
    besieged: Delays
    memory_before: float
    memory_after: float
    lines: Sequence[str]
    problems: Sequence[str]

    @property
    def ratio(self) -> float:
        """How many times as long people waited with strangers, at the 99th percentile."""
        return self.besieged.p99 / self.quiet.p99


async def run_strangers(server_url: str, starting: asyncio.Lock) -> StrangersResult:
    """Let people write undisturbed, and then while strangers attack.

    Args:
        server_url: The server on which the bot's database is made.
        starting: Held while the bot starts.
    """
    writers = Writers("strangers")
    people = [writers.invite(PEOPLES_MOST_COMMANDS) for _ in range(PEOPLE)]
    opened = open_stage(
        Mode.WEBHOOK, writers, server_url, starting, with_proxies=False, settings={}
    )
    async with opened as stage:
        writing = asyncio.create_task(writers.write_steadily(people, PEOPLE_PER_SECOND))
        await asyncio.sleep(WARM_UP_SECONDS)
        quiet_at = time.monotonic()
        await asyncio.sleep(SECONDS)
        memory_before = stage.program.memory()
        lines_before = len(stage.program.lines)
        besieged_at = await _besiege(stage, writers)
        besieged_until = time.monotonic()
        memory_after = stage.program.memory()
        writing.cancel()
        await writers.until_answered(PATIENCE_SECONDS)
        problems = list(await stage.problems())
        problems += check_stop(await stage.program.stop(), MOST_SECONDS_TO_STOP)
        lines = tuple(stage.program.lines[lines_before:])
    problems += check_lines(lines)
    result = StrangersResult(
        measure_delays(people, quiet_at, besieged_at),
        measure_delays(people, besieged_at, besieged_until),
        memory_before,
        memory_after,
        lines,
        problems,
    )
    if result.ratio > MOST_RATIO:
        problems.append(f"people wait {result.ratio:.1f} times as long at the 99th percentile")
    if len(lines) > MOST_LINES:
        problems.append(f"{len(lines)} lines in the log")
    return result


async def _besiege(stage: Stage, writers: Writers) -> float:
    """Let strangers attack for a while; return when the attacks began."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tools.chaos.trials.intruders",
        stage.settings["WEBHOOK_URL"],
        str(SECONDS),
        cwd=ROOT,
        env=base_environment(),
        stdout=PIPE,
    )
    try:
        if process.stdout is None or BEGUN not in (await process.stdout.readline()).decode():
            raise RuntimeError("The intruders do not begin")
        begun_at = time.monotonic()
        sending = asyncio.create_task(_send_lists(writers))
        await process.wait()
        sending.cancel()
    finally:
        if process.returncode is None:
            process.kill()
    return begun_at


async def _send_lists(writers: Writers) -> None:
    """Let strangers in their own chats send the longest lists that the bot accepts."""
    telegram = writers.telegram
    for number in cycle(range(LISTERS)):
        person = telegram.add_person(FIRST_LISTER_ID + number, f"Stranger {number}", "en")
        telegram.send_document(person, person.id, "list.txt", LIST, "text/plain")
        await asyncio.sleep(1 / LISTS_PER_SECOND)
