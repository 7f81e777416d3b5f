"""Runs the trials, prints their figures as tables, and fails if a trial found a problem."""

import argparse
import asyncio
import os
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterable, Sequence
from contextlib import ExitStack
from itertools import chain
from typing import Final, TypeVar

from tools.chaos.bots import ROOT, Mode
from tools.chaos.servers.postgres import Postgres
from tools.chaos.trials.flood import Delays, FloodResult, run_flood
from tools.chaos.trials.long_faults import LONG_FAULTS, FaultResult, run_fault
from tools.chaos.trials.stops import FaultStopResult, StopResult, run_stop_in_fault, run_stops
from tools.chaos.trials.strangers import StrangersResult, run_strangers
from tools.printing import say, say_table

LINES_SHOWN: Final = 25
PARTS: Final = ("faults", "floods", "strangers", "stops", "stops-in-faults")

T = TypeVar("T")
Result = FaultResult | FloodResult | StrangersResult | StopResult | FaultStopResult


def main() -> int:
    """Run the trials that the arguments name; return the exit status."""
    arguments = _parser().parse_args()
    problems = asyncio.run(_run_all(arguments))
    if arguments.fuzz:
        problems += _fuzz(arguments.fuzz)
    for problem in problems:
        say(f"FAILED {problem}")
    return int(bool(problems))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tools.chaos.trials", description=__doc__)
    parser.add_argument("--parts", nargs="*", choices=PARTS, default=list(PARTS))
    parser.add_argument("--modes", nargs="+", type=Mode, default=list(Mode))
    parser.add_argument("--faults", nargs="+", choices=LONG_FAULTS, default=list(LONG_FAULTS))
    parser.add_argument("--seconds", type=float, default=60.0, help="that a fault lasts")
    parser.add_argument("--flood", type=int, default=10_000, help="updates at once")
    parser.add_argument("--rounds", type=int, default=6, help="stops in each mode")
    parser.add_argument(
        "--fuzz",
        type=int,
        nargs="?",
        const=200_000,
        metavar="UPDATES",
        help="send mutated updates too, so many in each mode (200000), which takes long",
    )
    return parser


async def _run_all(arguments: argparse.Namespace) -> list[str]:
    starting = asyncio.Lock()
    problems: list[str] = []
    if "faults" in arguments.parts:
        problems += await _run_faults(arguments, starting)
    if "floods" in arguments.parts:
        problems += await _run_floods(arguments, starting)
    if "strangers" in arguments.parts:
        problems += await _run_strangers(starting)
    if "stops" in arguments.parts:
        problems += await _run_stops(arguments, starting)
    if "stops-in-faults" in arguments.parts:
        problems += await _run_stops_in_faults(arguments, starting)
    return problems


async def _run_faults(arguments: argparse.Namespace, starting: asyncio.Lock) -> list[str]:
    """Run all faults at the same time: each needs little of the processor."""
    say(f"Faults of {arguments.seconds:.0f} s")
    results = await _side_by_side(
        arguments,
        lambda name, mode, url: run_fault(name, mode, url, arguments.seconds, starting),
    )
    say_table(
        (
            "fault", "mode", "updates", "unanswered at its end", "last answer after", "repeats",
            "MiB before", "at most", "after", "lines",
        ),
        map(_fault_row, results),
    )  # fmt: skip
    return list(chain.from_iterable(_told(f"{r.fault}, {r.mode.value}", r) for r in results))


def _fault_row(result: FaultResult) -> Sequence[object]:
    return (
        result.fault,
        result.mode.value,
        result.updates,
        result.pending,
        f"{result.recovery:.1f} s",
        result.repeats,
        f"{result.memory_before:.0f}",
        f"{result.memory_most:.0f}",
        f"{result.memory_after:.0f}",
        len(result.lines),
    )


async def _run_stops_in_faults(arguments: argparse.Namespace, starting: asyncio.Lock) -> list[str]:
    say("A stop during each fault")
    results = await _side_by_side(
        arguments, lambda name, mode, url: run_stop_in_fault(name, mode, url, starting)
    )
    say_table(
        ("fault", "mode", "unanswered at the stop", "seconds to stop", "repeated replies"),
        ((r.fault, r.mode.value, r.pending, f"{r.seconds:.1f}", r.repeats) for r in results),
    )
    return list(chain.from_iterable(_told(f"stop, {r.fault}, {r.mode.value}", r) for r in results))


async def _side_by_side(
    arguments: argparse.Namespace, run: Callable[[str, Mode, str], Awaitable[T]]
) -> Sequence[T]:
    """Run a trial for each fault in each mode, each with a PostgreSQL of its own."""
    pairs = [(name, mode) for name in arguments.faults for mode in arguments.modes]
    with ExitStack() as stack:
        urls = [stack.enter_context(Postgres()).url for _ in pairs]
        return await asyncio.gather(
            *(run(name, mode, url) for (name, mode), url in zip(pairs, urls, strict=True))
        )


async def _run_floods(arguments: argparse.Namespace, starting: asyncio.Lock) -> list[str]:
    """Run floods alone if they keep the machine busy, and together if Telegram limits them."""
    say(f"Floods of {arguments.flood} updates")
    with Postgres() as postgres:
        results = [
            await run_flood(mode, postgres.url, arguments.flood, starting, flood_limits=False)
            for mode in arguments.modes
        ]
        results += await asyncio.gather(
            *(
                run_flood(mode, postgres.url, arguments.flood, starting, flood_limits=True)
                for mode in arguments.modes
            )
        )
    say_table(
        (
            "flood", "quiet: median", "p95", "flooded: median", "p95", "at most", "difference",
            "ratio", "noticed for", "flood answered", "MiB before", "after",
        ),
        map(_flood_row, results),
    )  # fmt: skip
    return list(chain.from_iterable(_told(_flood_name(r), r) for r in results))


def _flood_name(result: FloodResult) -> str:
    return f"{result.mode.value}{', flood limits' if result.flood_limits else ''}"


def _flood_row(result: FloodResult) -> Sequence[object]:
    quiet, flooded = result.quiet, result.flooded
    return (
        _flood_name(result),
        *_delays(quiet),
        *_delays(flooded),
        _milliseconds(flooded.most),
        _milliseconds(result.difference),
        f"{flooded.median / quiet.median:.1f}",
        f"{result.noticed:.1f} s",
        f"{result.answered} in {result.seconds:.0f} s",
        f"{result.memory_before:.0f}",
        f"{result.memory_after:.0f}",
    )


def _delays(delays: Delays) -> Sequence[str]:
    return _milliseconds(delays.median), _milliseconds(delays.p95)


def _milliseconds(seconds: float) -> str:
    return f"{seconds * 1000:.1f} ms"


async def _run_strangers(starting: asyncio.Lock) -> list[str]:
    say("Strangers at the webhook")
    with Postgres() as postgres:
        result = await run_strangers(postgres.url, starting)
    say_table(
        (
            "quiet: median", "p95", "p99", "besieged: median", "p95", "p99", "ratio of p99",
            "MiB before", "after", "lines",
        ),
        [
            (
                *_delays(result.quiet), _milliseconds(result.quiet.p99),
                *_delays(result.besieged), _milliseconds(result.besieged.p99),
                f"{result.ratio:.2f}", f"{result.memory_before:.0f}", f"{result.memory_after:.0f}",
                len(result.lines),
            )
        ],
    )  # fmt: skip
    return list(_told("strangers", result))


async def _run_stops(arguments: argparse.Namespace, starting: asyncio.Lock) -> list[str]:
    say(f"{arguments.rounds} stops")
    with Postgres() as postgres:
        results = [
            await run_stops(mode, postgres.url, arguments.rounds, starting)
            for mode in arguments.modes
        ]
    say_table(
        ("mode", "updates", "unanswered at the stops", "seconds to stop", "repeated replies"),
        map(_stop_row, results),
    )
    return list(chain.from_iterable(_told(f"stops, {r.mode.value}", r) for r in results))


def _stop_row(result: StopResult) -> Sequence[object]:
    return (
        result.mode.value,
        result.updates,
        ", ".join(map(str, result.pending)),
        ", ".join(f"{seconds:.1f}" for seconds in result.seconds),
        result.repeats,
    )


def _fuzz(updates: int) -> list[str]:
    say(f"{updates} mutated updates in each mode")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:logging", "tests/fuzz"],
        cwd=ROOT,
        env=os.environ | {"FUZZ_UPDATES": str(updates)},
        check=False,
    )
    return ["mutated updates"] if done.returncode else []


def _told(name: str, result: Result) -> Iterable[str]:
    """Return the problems of a trial; if there are any, show the bot's log."""
    if not result.problems:
        return []
    say(f"{name}: the bot's log")
    for line in result.lines[:LINES_SHOWN]:
        say(f"    {line}")
    return [f"{name}: {problem}" for problem in result.problems]


if __name__ == "__main__":
    sys.exit(main())
