"""Measures all contenders in one run, and writes the figures into docs/performance.md."""

import argparse
import asyncio
import json
import shutil
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from benchmarks.throughput import pgbench
from benchmarks.throughput.contenders import ASYNCPG, CONTENDERS, Bot, Contender
from benchmarks.throughput.databases import Databases
from benchmarks.throughput.measure import Load, measure
from benchmarks.throughput.mix import Mix
from benchmarks.throughput.results import Result
from chaos.bots import base_environment
from chaos.postgres import Postgres
from db.catalogue.catalogue import Catalogue, load_catalogue


def main() -> int:
    """Measure what the arguments ask for; return the exit status."""
    arguments = _parser().parse_args()
    with Postgres() as postgres:
        results = asyncio.run(_measure_all(arguments, postgres.url))
    return int(any(result.faults for rounds in results.values() for result in rounds))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.throughput", description=__doc__)
    parser.add_argument("--contenders", nargs="+", choices=CONTENDERS, default=list(CONTENDERS))
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=6.0, help="of each measurement, at most")
    parser.add_argument("--updates", type=int, default=40_000, help="in each, at most")
    parser.add_argument("--at-once", type=int, default=64, help="updates under way")
    return parser


async def _measure_all(arguments: argparse.Namespace, server_url: str) -> dict[str, list[Result]]:
    catalogue = load_catalogue()
    databases = Databases(server_url, catalogue)
    _say("Filling the fridges")
    await databases.fill()
    contenders = [CONTENDERS[name] for name in arguments.contenders]
    urls = {
        contender.name: await databases.copy(
            contender.name, contender.changes if isinstance(contender, Bot) else ()
        )
        for contender in contenders
    }
    results: dict[str, list[Result]] = {contender.name: [] for contender in contenders}
    folder = Path(tempfile.mkdtemp(prefix="fridge-bench-"))
    for number in range(arguments.rounds):
        mix = Mix(catalogue, number + 1)
        load = Load.of(mix, arguments.updates, at_once=arguments.at_once, seconds=arguments.seconds)
        for contender in _rotated(contenders, number):
            await databases.settle()
            result = await _measure(contender, load, urls[contender.name], folder, catalogue)
            results[contender.name].append(result)
            _say(f"round {number + 1}: {contender.title}: {result}")
    shutil.rmtree(folder)
    return results


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
        "benchmarks.throughput.floor",
        url,
        f"--seed={load.mix.seed}",
        f"--updates={len(load.updates)}",
        f"--at-once={load.at_once}",
        f"--seconds={load.seconds}",
        env=base_environment(),
        stdout=asyncio.subprocess.PIPE,
    )
    output, _ = await process.communicate()
    return Result(**json.loads(output))


def _rotated(contenders: Sequence[Contender], by: int) -> Sequence[Contender]:
    """The same, beginning with another one: whatever comes first is not always the same."""
    start = by % len(contenders)
    return [*contenders[start:], *contenders[:start]]


def _say(line: str) -> None:
    print(line, flush=True)  # noqa: T201 (the figures are the program's output)


if __name__ == "__main__":
    sys.exit(main())
