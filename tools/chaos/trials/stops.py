"""Graceful stops under load, and the replies after the next start."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from random import Random
from typing import Final

from tools.chaos.bots import Mode
from tools.chaos.trials.long_faults import LONG_FAULTS
from tools.chaos.trials.stage import check_lines, check_stop, open_stage
from tools.chaos.trials.writers import Writers

CHATS: Final = 200
UPDATES_OF_A_CHAT: Final = 10
MOST_SECONDS_TO_STOP: Final = 10.0
PATIENCE_SECONDS: Final = 90.0

# In every other round Telegram answers slowly, so that many calls are under way at the stop.
SLOW_SECONDS: Final = 1.0
MORE_THAN_ENOUGH: Final = 3 * CHATS * UPDATES_OF_A_CHAT


FAULT_WRITERS: Final = 20
FAULT_UPDATES_PER_SECOND: Final = 4.0
FAULT_MOST_COMMANDS: Final = 50
SECONDS_BEFORE_FAULT: Final = 3.0
SECONDS_BEFORE_STOP: Final = 12.0
"""Long enough for most time-outs to pass once."""

PATIENCE_AFTER_FAULT_SECONDS: Final = 150.0
"""How long an answer may take: Telegram retries a webhook after up to two minutes."""


@dataclass(frozen=True, slots=True)
class StopResult:
    """The result of all stops of one bot."""

    mode: Mode
    updates: int
    pending: Sequence[int]
    seconds: Sequence[float]
    repeats: int
    lines: Sequence[str]
    problems: Sequence[str]


async def run_stops(mode: Mode, server_url: str, rounds: int, starting: asyncio.Lock) -> StopResult:
    """Let everybody write at once, stop the bot while it handles the messages, start it again."""
    random = Random(f"stops {mode.value}")  # noqa: S311 (reproducible, not secret)
    writers = Writers(f"stops {mode.value}")
    most = UPDATES_OF_A_CHAT * rounds
    people = [writers.invite(most, in_group=number % 2 == 1) for number in range(CHATS)]
    pending: list[int] = []
    seconds: list[float] = []
    lines: list[str] = []
    problems: list[str] = []
    faults = writers.telegram.faults
    opened = open_stage(mode, writers, server_url, starting, with_proxies=False, settings={})
    async with opened as stage:
        for number in range(rounds):
            if number % 2:
                faults.add(method="sendMessage", times=MORE_THAN_ENOUGH, delay=SLOW_SECONDS)
            for _ in range(UPDATES_OF_A_CHAT):
                for writer in people:
                    writers.say(writer)
            enough = writers.answered + random.randrange(1, CHATS * UPDATES_OF_A_CHAT // 2)
            await writers.until(partial(_is_reached, writers, enough), PATIENCE_SECONDS)
            stop = await stage.program.stop()
            pending.append(writers.unanswered)
            seconds.append(stop.seconds)
            lines += stage.program.lines
            problems += check_stop(stop, MOST_SECONDS_TO_STOP)
            faults.clear()
            await stage.start_again()
            if not await writers.until_answered(PATIENCE_SECONDS):
                break
        problems += [*await stage.problems(), *check_lines(lines)]
        repeats = await stage.repeats()
        if repeats:
            problems.append(f"{repeats} replies came again")
    return StopResult(mode, writers.sent, pending, seconds, repeats, lines, problems)


@dataclass(frozen=True, slots=True)
class FaultStopResult:
    """The result of a stop during a fault."""

    fault: str
    mode: Mode
    pending: int
    seconds: float
    repeats: int
    lines: Sequence[str]
    problems: Sequence[str]


async def run_stop_in_fault(
    name: str, mode: Mode, server_url: str, starting: asyncio.Lock
) -> FaultStopResult:
    """Stop the bot during a fault, and start it again after the fault.

    The bot can't always finish the updates that it has begun, so that a reply may be repeated.
    """
    writers = Writers(f"stop: {name} {mode.value}")
    people = [
        writers.invite(FAULT_MOST_COMMANDS, in_group=number % 2 == 1)
        for number in range(FAULT_WRITERS)
    ]
    settings = {"REPLY_IN_RESPONSE": "off"}  # as in `run_fault`
    opened = open_stage(mode, writers, server_url, starting, with_proxies=True, settings=settings)
    async with opened as stage:
        writing = asyncio.create_task(writers.write_steadily(people, FAULT_UPDATES_PER_SECOND))
        await asyncio.sleep(SECONDS_BEFORE_FAULT)
        async with LONG_FAULTS[name](stage):
            await asyncio.sleep(SECONDS_BEFORE_STOP)
            writing.cancel()
            stop = await stage.program.stop()
        pending = writers.unanswered
        lines = tuple(stage.program.lines)
        problems = [*check_stop(stop, MOST_SECONDS_TO_STOP), *check_lines(lines)]
        async with starting:
            await stage.start_again()
        await writers.until_answered(PATIENCE_AFTER_FAULT_SECONDS)
        problems += await stage.problems()
        repeats = await stage.repeats()
    return FaultStopResult(name, mode, pending, stop.seconds, repeats, lines, problems)


def _is_reached(writers: Writers, answered: int) -> bool:
    return writers.answered >= answered
