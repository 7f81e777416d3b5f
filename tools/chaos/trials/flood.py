"""One chat floods the bot; the people in other chats should not notice."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass
from math import inf
from statistics import median, quantiles
from typing import Final

from tools.chaos.bots import Mode
from tools.chaos.trials.stage import check_lines, check_stop, open_stage
from tools.chaos.trials.writers import Writer, Writers

OTHERS: Final = 20
OTHERS_PER_SECOND: Final = 10.0
OTHERS_MOST_COMMANDS: Final = 1000
WARM_UP_SECONDS: Final = 5.0
QUIET_SECONDS: Final = 20.0
LONGEST_FLOOD_SECONDS: Final = 60.0
PATIENCE_SECONDS: Final = 120.0
MOST_SECONDS_TO_STOP: Final = 10.0
MOST_DIFFERENCE: Final = 0.05
"""The largest difference of the medians, in seconds."""


@dataclass(frozen=True, slots=True)
class Delays:
    """How long people in other chats waited for their answers, in seconds."""

    count: int
    median: float
    p95: float
    p99: float
    most: float


@dataclass(frozen=True, slots=True)
class FloodResult:
    """The result of a flood.

    The flood was answered after `seconds`, if the trial waited for that. `noticed` seconds after
    its beginning, for the last time, a person in another chat wrote and waited too long.
    """

    mode: Mode
    flood_limits: bool
    quiet: Delays
    flooded: Delays
    noticed: float
    answered: int
    seconds: float
    memory_before: float
    memory_after: float
    lines: Sequence[str]
    problems: Sequence[str]

    @property
    def difference(self) -> float:
        """The difference of the medians, in seconds."""
        return self.flooded.median - self.quiet.median


async def run_flood(
    mode: Mode, server_url: str, updates: int, starting: asyncio.Lock, *, flood_limits: bool
) -> FloodResult:
    """Let people write without a flood, and then during a flood.

    Args:
        mode: How the bot receives its updates.
        server_url: The server on which the bot's database is made.
        updates: The number of updates in the flood, all at once.
        starting: Held while the bot starts.
        flood_limits: Whether Telegram limits what the bot sends, and the bot keeps to the limits.
            The flood is then answered at one message a second, and the trial does not wait for it.
    """
    writers = Writers(f"flood {mode.value}", flood_limits=flood_limits)
    others = [writers.invite(OTHERS_MOST_COMMANDS) for _ in range(OTHERS)]
    flooder = writers.invite(updates)
    settings = {"FLOOD_LIMITS": "on"} if flood_limits else {}
    opened = open_stage(mode, writers, server_url, starting, with_proxies=False, settings=settings)
    async with opened as stage:
        writing = asyncio.create_task(writers.write_steadily(others, OTHERS_PER_SECOND))
        await asyncio.sleep(WARM_UP_SECONDS)
        quiet_at = time.monotonic()
        await asyncio.sleep(QUIET_SECONDS)
        memory_before = stage.program.memory()

        flooded_at = time.monotonic()
        for _ in range(updates):
            writers.say(flooder)
        await writers.until(lambda: _is_answered(flooder), LONGEST_FLOOD_SECONDS)
        over_at = time.monotonic()
        answered = len(flooder.answered_at)
        memory_after = stage.program.memory()
        writing.cancel()
        problems = list[str]()
        if flood_limits:
            await writers.until(lambda: all(map(_is_answered, others)), PATIENCE_SECONDS)
            if not all(map(_is_answered, others)):
                problems.append("others are unanswered")
        else:
            await writers.until_answered(PATIENCE_SECONDS)
            over_at = min(over_at, max(flooder.answered_at.values(), default=over_at))
            problems += await stage.problems()
        lines = tuple(stage.program.lines)
        problems += check_stop(await stage.program.stop(), MOST_SECONDS_TO_STOP)
        problems += check_lines(lines)
    quiet = measure_delays(others, quiet_at, flooded_at)
    result = FloodResult(
        mode,
        flood_limits,
        quiet,
        measure_delays(others, flooded_at, over_at),
        _noticed(others, flooded_at, quiet.median + MOST_DIFFERENCE),
        answered,
        over_at - flooded_at,
        memory_before,
        memory_after,
        lines,
        problems,
    )
    if result.difference >= MOST_DIFFERENCE:
        problems.append(f"others wait {result.difference * 1000:.0f} ms longer at the median")
    return result


def _is_answered(writer: Writer) -> bool:
    return len(writer.answered_at) == len(writer.sent_at)


def measure_delays(writers: Sequence[Writer], begin: float, end: float) -> Delays:
    """Return the delays of answers to messages between two times of `time.monotonic`."""
    delays = [delay for writer in writers for delay in writer.delays(begin, end)]
    percentiles = quantiles(delays, n=100)
    return Delays(len(delays), median(delays), percentiles[94], percentiles[98], max(delays))


def _noticed(writers: Sequence[Writer], begin: float, longest: float) -> float:
    """Until when people waited longer, in seconds from the flood's beginning."""
    late = (
        sent_at - begin
        for writer in writers
        for index, sent_at in enumerate(writer.sent_at)
        if sent_at >= begin and writer.answered_at.get(index, inf) - sent_at > longest
    )
    return max(late, default=0.0)
