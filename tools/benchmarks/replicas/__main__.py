"""Measures one, two and four replicas behind nginx, and kills replicas in turn under load."""

import argparse
import asyncio
import shutil
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Final

from fridge.catalogue.catalogue import load_catalogue
from tools.benchmarks.replicas.fleet import Measured, Setup, measure
from tools.benchmarks.replicas.jobs import JobRuns, read_job_runs
from tools.benchmarks.replicas.sizes import Size, read_sizes
from tools.benchmarks.throughput.databases import Databases
from tools.benchmarks.throughput.load.mix import Mix
from tools.benchmarks.throughput.measure import Load
from tools.benchmarks.throughput.results import Figure
from tools.chaos.bots import OURS, Mode
from tools.chaos.conversations.checker import Kind
from tools.chaos.plan import Plan
from tools.chaos.run import Result, run
from tools.chaos.servers.nginx import find_nginx
from tools.chaos.servers.pgbouncer import find_pgbouncer
from tools.chaos.servers.postgres import Postgres
from tools.chaos.servers.programs import ProgramMissingError
from tools.printing import say, say_table

SENT: Final[Mapping[str, str]] = {"REPLY_IN_RESPONSE": "off"}
INTERVAL: Final = timedelta(seconds=2)
"""The interval of the jobs in `tools.chaos.bots.OURS`."""

SEED: Final = 1
CHATS: Final = 200
PATIENCE_SECONDS: Final = 45.0
USERS: Final = ("replicas", "nginx", "pgbouncer", "PostgreSQL", "load")
HEADINGS: Final = ("", "updates/s", "p50", "p99", *USERS, "log", "connections")
PLAYED_HEADINGS: Final = (
    "",
    "updates",
    "killed",
    *(kind.value for kind in Kind),
    "repeated replies",
    "longest silence",
    "seconds",
)
SIZES_HEADINGS: Final = ("", "bytes", "mean of")
JOBS_HEADINGS: Final = ("", "job", "intervals", "begun", "finished")


def main() -> int:
    """Measure as the arguments say; return the exit status, 1 if a check failed."""
    arguments = _parser().parse_args()
    try:
        find_nginx()
    except ProgramMissingError as error:
        print(error, file=sys.stderr)  # noqa: T201 (for the operator)
        return 1
    folder = Path(tempfile.mkdtemp(prefix="fridge-replicas-"))
    folder.chmod(0o755)  # pgbouncer runs as another user if this one is root
    with Postgres() as postgres:
        is_clean = asyncio.run(_run_all(arguments, postgres, folder))
    if is_clean:
        shutil.rmtree(folder)
        return 0
    say(f"What the replicas printed is in {folder}")
    return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m tools.benchmarks.replicas", description=__doc__
    )
    parser.add_argument("--replicas", type=int, nargs="+", default=[1, 2, 4])
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--seconds", type=float, default=4.0, help="of a measurement, at most")
    parser.add_argument("--most", type=int, default=30_000, help="updates in a measurement")
    parser.add_argument("--at-once", type=int, default=64, help="updates that are under way")
    parser.add_argument("--updates", type=int, default=3_000, help="of people, each time")
    parser.add_argument("--kills", type=int, default=6, help="of replicas, at least")
    return parser


async def _run_all(arguments: argparse.Namespace, postgres: Postgres, folder: Path) -> bool:
    setups = _setups(arguments.replicas)
    rounds, sizes = await _measure_all(setups, arguments, postgres, folder)
    played = [
        await _play(title, settings, kills, arguments, postgres, folder)
        for title, settings, kills in (
            ("without kills", {}, 0),
            ("killed, replies in the response", {}, arguments.kills),
            ("killed, replies sent", SENT, arguments.kills),
        )
    ]
    say_table(HEADINGS, [_row(setup, rounds[setup.title]) for setup in setups])
    say_table(SIZES_HEADINGS, [(what, f"{size:,.0f}", f"{of:,}") for what, size, of in sizes])
    say_table(PLAYED_HEADINGS, [_played_row(title, result) for title, result, _ in played])
    say_table(
        JOBS_HEADINGS,
        [
            (title, runs.job, *map(str, (runs.intervals, runs.begun, runs.finished)))
            for title, _, jobs in played
            for runs in jobs
        ],
    )
    _, _, in_peace = played[0]
    return (
        not any(measured.faults for each in rounds.values() for measured in each)
        and not any(result.report.faults for _, result, _ in played)
        and all(runs.intervals == runs.begun == runs.finished for runs in in_peace)
    )


def _setups(replicas: Sequence[int]) -> Sequence[Setup]:
    numbers = sorted(set(replicas))
    setups = [Setup(_named(number, ""), number, {}) for number in numbers]
    setups += [Setup(_named(number, ", replies sent"), number, SENT) for number in numbers]
    try:
        pgbouncer = find_pgbouncer()
    except ProgramMissingError as error:
        say(f"Without a pooler: {error}")
    else:
        most = numbers[-1]
        setups.append(Setup(_named(most, ", through pgbouncer"), most, {}, pgbouncer))
    return setups


def _named(number: int, how: str) -> str:
    return f"{number} replica{'s' if number > 1 else ''}{how}"


async def _measure_all(
    setups: Sequence[Setup], arguments: argparse.Namespace, postgres: Postgres, folder: Path
) -> tuple[Mapping[str, Sequence[Measured]], Sequence[Size]]:
    catalogue = load_catalogue()
    databases = Databases(postgres.url, catalogue)
    say("Filling the fridges")
    await databases.fill()
    urls = {
        setup.title: await databases.copy(f"replicas_{number}")
        for number, setup in enumerate(setups)
    }
    rounds: dict[str, list[Measured]] = {setup.title: [] for setup in setups}
    for number in range(arguments.rounds):
        mix = Mix(catalogue, number + 1)
        load = Load.of(mix, arguments.most, at_once=arguments.at_once, seconds=arguments.seconds)
        # Rounds alternate in order: a drift over time then affects all alike.
        for setup in setups if number % 2 == 0 else reversed(setups):
            await databases.settle()
            measured = await measure(setup, load, postgres, urls[setup.title], folder)
            rounds[setup.title].append(measured)
            say(f"round {number + 1} of {arguments.rounds}, {setup.title}: {_line(measured)}")
    return rounds, await read_sizes(urls[setups[0].title])


async def _play(  # noqa: PLR0917 (the first three say what is played)
    title: str,
    settings: Mapping[str, str],
    kills: int,
    arguments: argparse.Namespace,
    postgres: Postgres,
    folder: Path,
) -> tuple[str, Result, Sequence[JobRuns]]:
    """Kill replicas a number of times while people write, and check the replies."""
    replicas = max(arguments.replicas)
    plan = Plan(SEED, arguments.updates, CHATS, kills, 0, PATIENCE_SECONDS)
    say(f"{_named(replicas, '')}, {title}")
    result = await run(
        replace(OURS, settings={**OURS.settings, **settings}),
        Mode.WEBHOOK,
        plan,
        postgres,
        folder=folder,
        tell=lambda line: say(f"  {line}"),
        replicas=replicas,
    )
    for fault in result.report.first_faults():
        say(f"  {fault}")
    return title, result, await read_job_runs(result.database_url, INTERVAL)


def _line(measured: Measured) -> str:
    if measured.faults:
        return f"does not count: {', '.join(measured.faults)}"
    used = ", ".join(f"{who} {figure:,.0f}" for who, figure in measured.microseconds.items())
    return f"{measured.rate:,.0f}/s, p99 {measured.p99_ms:.0f} ms, µs an update: {used}"


def _row(setup: Setup, rounds: Sequence[Measured]) -> Sequence[str]:
    counted = [measured for measured in rounds if not measured.faults]
    if not counted:
        return (setup.title, *["–"] * (len(HEADINGS) - 1))
    rate = _figure(counted, lambda measured: measured.rate)
    return (
        setup.title,
        f"{rate.median:,.0f} ({rate.least:,.0f}–{rate.most:,.0f})",
        f"{_figure(counted, lambda measured: measured.median_ms).median:.0f} ms",
        f"{_figure(counted, lambda measured: measured.p99_ms).median:.0f} ms",
        *(_used(counted, who) for who in USERS),
        f"{_figure(counted, lambda measured: measured.log_bytes).median:,.0f} B",
        str(max(measured.connections for measured in counted)),
    )


def _used(counted: Sequence[Measured], who: str) -> str:
    if who not in counted[0].microseconds:
        return "–"
    return f"{_figure(counted, lambda measured: measured.microseconds[who]).median:,.0f} µs"


def _figure(counted: Sequence[Measured], value: Callable[[Measured], float]) -> Figure:
    return Figure.of([value(measured) for measured in counted])


def _played_row(title: str, result: Result) -> Sequence[str]:
    return (
        title,
        f"{result.updates:,}",
        str(result.kills),
        *(str(result.report.count(kind)) for kind in Kind),
        str(result.report.repeats),
        f"{result.longest_silence:.1f} s",
        f"{result.seconds:.0f}",
    )


if __name__ == "__main__":
    sys.exit(main())
