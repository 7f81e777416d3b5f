"""Faults of a minute, during which people go on writing."""

import asyncio
import os
import signal
import time
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import asyncpg

from tools.chaos.bots import Mode
from tools.chaos.servers.postgres import processes_of
from tools.chaos.trials.stage import Stage, Ways, check_lines, check_stop, open_stage
from tools.chaos.trials.writers import Writer, Writers

WRITERS: Final = 20
UPDATES_PER_SECOND: Final = 4.0
MOST_COMMANDS: Final = 200
"""Commands of one writer: several times as many as a writer comes to send."""

WARM_UP_SECONDS: Final = 10.0
PATIENCE_SECONDS: Final = 150.0
"""How long an answer may take: Telegram retries a webhook after up to two minutes."""

LATENCY_SECONDS: Final = 10.0
CUT_AFTER_BYTES: Final = 40
MORE_THAN_ENOUGH: Final = 5_000
"""A number of calls that no fault reaches."""

SECONDS_BETWEEN_LOOKS: Final = 0.25
MOST_LINES: Final = 20
MOST_GROWTH: Final = 64.0
"""How much memory the program may gain, in MiB."""

MOST_SECONDS_TO_STOP: Final = 10.0

LongFault = Callable[[Stage], AbstractAsyncContextManager[None]]


@dataclass(frozen=True, slots=True)
class FaultResult:
    """The result of a fault. Memory is in MiB; `recovery` is in seconds from the fault's end."""

    fault: str
    mode: Mode
    updates: int
    pending: int
    recovery: float
    repeats: int
    memory_before: float
    memory_most: float
    memory_after: float
    lines: Sequence[str]
    problems: Sequence[str]


async def run_fault(
    name: str, mode: Mode, server_url: str, seconds: float, starting: asyncio.Lock
) -> FaultResult:
    """Let people write during a fault, and wait until all commands are answered.

    Replies are calls of their own. A reply in the response to a webhook's post is lost without
    notice if Telegram refuses it or if the response is cut off: such replies would not show how
    the bot handles a fault.
    """
    writers = Writers(f"{name} {mode.value}")
    people = [writers.invite(MOST_COMMANDS, in_group=number % 2 == 1) for number in range(WRITERS)]
    settings = {"REPLY_IN_RESPONSE": "off"}
    opened = open_stage(mode, writers, server_url, starting, with_proxies=True, settings=settings)
    async with opened as stage:
        writing = asyncio.create_task(writers.write_steadily(people, UPDATES_PER_SECOND))
        await asyncio.sleep(WARM_UP_SECONDS)
        memory = _Memory(stage)
        async with memory:
            async with LONG_FAULTS[name](stage):
                await asyncio.sleep(seconds)
                writing.cancel()
                pending = writers.unanswered
            healed_at = time.monotonic()
            await writers.until_answered(PATIENCE_SECONDS)
            recovery = max(0.0, writers.last_answer_at - healed_at)
            problems = [*await _goes_on(writers, people), *await stage.problems()]
        lines = tuple(stage.program.lines)
        problems += check_stop(await stage.program.stop(), MOST_SECONDS_TO_STOP)
        problems += check_lines(lines)
        if memory.most - memory.before > MOST_GROWTH:
            problems.append(f"memory grew from {memory.before:.0f} to {memory.most:.0f} MiB")
        if len(lines) >= MOST_LINES:
            problems.append(f"{len(lines)} lines in the log")
        return FaultResult(
            name,
            mode,
            writers.sent,
            pending,
            recovery,
            await stage.repeats(),
            memory.before,
            memory.most,
            memory.last,
            lines,
            problems,
        )


async def _goes_on(writers: Writers, people: Sequence[Writer]) -> Sequence[str]:
    """Let everybody send one more command, and expect an answer soon."""
    for writer in people:
        writers.say(writer)
    return [] if await writers.until_answered(PATIENCE_SECONDS) else ["does not go on"]


class _Memory:
    """Measures the memory of a program again and again, as an async context manager."""

    def __init__(self, stage: Stage) -> None:
        self._program = stage.program
        self.before = self.most = self.last = self._program.memory()
        self._looking: asyncio.Task[None] | None = None

    async def __aenter__(self) -> None:
        self._looking = asyncio.create_task(self._look())

    async def __aexit__(self, *_error: object) -> None:
        if self._looking is not None:
            self._looking.cancel()

    async def _look(self) -> None:
        while True:
            self.last = self._program.memory()
            self.most = max(self.most, self.last)
            await asyncio.sleep(SECONDS_BETWEEN_LOOKS)


@asynccontextmanager
async def _postgresql_stands_still(stage: Stage) -> AsyncGenerator[None]:
    connection = await asyncpg.connect(stage.database_url)
    folder = Path(await connection.fetchval("SHOW data_directory"))
    await connection.close()
    _signal(folder, signal.SIGSTOP)
    try:
        yield
    finally:
        _signal(folder, signal.SIGCONT)


def _signal(folder: Path, number: signal.Signals) -> None:
    for process in processes_of(folder):
        with suppress(ProcessLookupError):
            os.kill(process, number)


@asynccontextmanager
async def _postgresql_refuses(stage: Stage) -> AsyncGenerator[None]:
    database = _ways(stage).database
    database.refuse()
    database.reset()
    try:
        yield
    finally:
        await database.heal()


@asynccontextmanager
async def _telegram_is_a_black_hole(stage: Stage) -> AsyncGenerator[None]:
    ways = _ways(stage).telegram
    for way in ways:
        way.black_hole()
    yield
    for way in ways:
        await way.heal()


@asynccontextmanager
async def _telegram_takes_no_calls(stage: Stage) -> AsyncGenerator[None]:
    """Hold all calls; posts to the webhook still arrive, so that many replies become due."""
    calls, _ = _ways(stage).telegram
    calls.black_hole()
    yield
    await calls.heal()


@asynccontextmanager
async def _telegram_is_slow(stage: Stage) -> AsyncGenerator[None]:
    ways = _ways(stage).telegram
    for way in ways:
        way.slow(LATENCY_SECONDS / 2)
    yield
    for way in ways:
        await way.heal()


@asynccontextmanager
async def _telegram_cuts_answers_off(stage: Stage) -> AsyncGenerator[None]:
    """Cut off each third answer in the middle: of calls, and of posts to the webhook."""
    ways = _ways(stage).telegram
    for way in ways:
        for number in range(1, MORE_THAN_ENOUGH):
            # Each cut counts all answers from the beginning.
            way.cut_answers(skip=2 * number, after=CUT_AFTER_BYTES)
    yield
    for way in ways:
        await way.heal()


@asynccontextmanager
async def _telegram_asks_to_wait(stage: Stage) -> AsyncGenerator[None]:
    faults = stage.writers.telegram.faults
    for number in range(MORE_THAN_ENOUGH):
        faults.add(method="sendMessage", status=429, retry_after=1 + number % 3)
    yield
    faults.clear()


def _ways(stage: Stage) -> Ways:
    if stage.ways is None:
        raise ValueError("This stage has no proxies")
    return stage.ways


LONG_FAULTS: Final[Mapping[str, LongFault]] = {
    "PostgreSQL stands still": _postgresql_stands_still,
    "PostgreSQL refuses connections": _postgresql_refuses,
    "Telegram is a black hole": _telegram_is_a_black_hole,
    "Telegram takes no calls": _telegram_takes_no_calls,
    "Telegram answers each reply with 429": _telegram_asks_to_wait,
    "Telegram takes 10 s for each call": _telegram_is_slow,
    "Telegram cuts each third answer off": _telegram_cuts_answers_off,
}
