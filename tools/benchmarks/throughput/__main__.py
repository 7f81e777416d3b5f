"""Measures contenders in one run; a run of all is written to docs/performance.md."""

import argparse
import asyncio
import json
import shutil
import sys
import tempfile
from pathlib import Path
from random import Random

import uvloop

from fridge.catalogue.catalogue import Catalogue, load_catalogue
from tools.benchmarks.throughput import pgbench, report
from tools.benchmarks.throughput.cold_start import ColdStart, measure_cold_start
from tools.benchmarks.throughput.contenders import ASYNCPG, CONTENDERS, Bot, Contender
from tools.benchmarks.throughput.databases import Databases
from tools.benchmarks.throughput.load.mix import Mix
from tools.benchmarks.throughput.measure import Load, measure
from tools.benchmarks.throughput.results import MeasurementError, Result
from tools.chaos.bots import ROOT, base_environment
from tools.chaos.servers.postgres import Postgres
from tools.printing import say


def main() -> int:
    """Measure the contenders that the arguments name; return the exit status, 1 if one fails."""
    arguments = _parser().parse_args()
    folder = Path(tempfile.mkdtemp(prefix="fridge-bench-"))
    with Postgres() as postgres, asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        rounds, starts = runner.run(_measure_all(arguments, postgres.url, folder))
    say("")
    say(report.tables(rounds, starts))
    if set(rounds) == set(CONTENDERS):
        setting = report.Setting(arguments.rounds, arguments.seconds, arguments.at_once)
        report.write(rounds, starts, setting)
        say(f"Written to {report.PAGE.relative_to(ROOT)}")
    if any(result.faults for results in rounds.values() for result in results):
        say(f"What the bots printed is in {folder}")
        return 1
    shutil.rmtree(folder)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m tools.benchmarks.throughput", description=__doc__
    )
    parser.add_argument("--contenders", nargs="+", choices=CONTENDERS, default=list(CONTENDERS))
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=5.0, help="of a measurement, at most")
    parser.add_argument("--updates", type=int, default=30_000, help="in a measurement, at most")
    parser.add_argument("--at-once", type=int, default=64, help="updates that are under way")
    parser.add_argument("--starts", type=int, default=3, help="of the program, from nothing")
    return parser


async def _measure_all(
    arguments: argparse.Namespace, server_url: str, folder: Path
) -> tuple[dict[str, list[Result]], list[ColdStart]]:
    catalogue = load_catalogue()
    databases = Databases(server_url, catalogue)
    say("Filling the fridges")
    await databases.fill()
    contenders = [CONTENDERS[name] for name in arguments.contenders]
    urls = {
        contender.name: await databases.copy(
            contender.name, contender.changes if isinstance(contender, Bot) else ()
        )
        for contender in contenders
    }
    rounds: dict[str, list[Result]] = {contender.name: [] for contender in contenders}
    for number in range(arguments.rounds):
        mix = Mix(catalogue, number + 1)
        load = Load.of(mix, arguments.updates, at_once=arguments.at_once, seconds=arguments.seconds)
        for contender in Random(number).sample(contenders, len(contenders)):  # noqa: S311
            await databases.settle()
            try:
                result = await _measure(contender, load, urls[contender.name], folder, catalogue)
            except MeasurementError as error:
                result = Result(updates=0, seconds=load.seconds, faults=[str(error)])
            rounds[contender.name].append(result)
            place = f"round {number + 1} of {arguments.rounds}"
            say(f"{place}, {contender.title}: {report.line(result)}")
    starts: list[ColdStart] = []
    for _ in range(arguments.starts):
        starts.append(await measure_cold_start(Mix(catalogue, seed=0)))
        say(
            f"first answer after {starts[-1].existing:.2f} s with an existing database, "
            f"{starts[-1].new:.2f} s with a new one"
        )
    return rounds, starts


async def _measure(
    contender: Contender, load: Load, url: str, folder: Path, catalogue: Catalogue
) -> Result:
    if isinstance(contender, Bot):
        return await measure(contender, load, url, folder)
    if contender is ASYNCPG:
        return await _measure_floor(load, url)
    return await pgbench.measure(url, catalogue, folder, seed=load.mix.seed, seconds=load.seconds)


async def _measure_floor(load: Load, url: str) -> Result:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tools.benchmarks.throughput.floor",
        url,
        f"--seed={load.mix.seed}",
        f"--updates={len(load.updates)}",
        f"--at-once={load.at_once}",
        f"--seconds={load.seconds}",
        env=base_environment(),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    output, errors = await process.communicate()
    if process.returncode:
        raise MeasurementError(errors.decode().strip())
    return Result(**json.loads(output))


if __name__ == "__main__":
    sys.exit(main())
