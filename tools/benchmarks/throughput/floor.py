"""Runs our statements on bare asyncpg, one by one, in a process of its own.

The arguments are prepared beforehand, and the results are not read.
"""

import argparse
import asyncio
import json
import math
import resource
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Final, NamedTuple

import asyncpg
import uvloop
from sqlalchemy import TextClause

from db.connection.command_connections import MOST
from db.connection.database import create_engine
from db.fridges.statements.add import ADD
from db.fridges.statements.add_lots import ADD_LOTS
from db.fridges.statements.list_items import LIST
from db.fridges.statements.remove import REMOVE
from fridge.catalogue.catalogue import load_catalogue
from fridge.items import MAX_ITEMS
from fridge.lifetime import Lifetime
from fridge.times import to_microseconds
from tools.benchmarks.throughput.load.mix import DATE, Command, Mix, Sent
from tools.benchmarks.throughput.results import Result, percentile

STATEMENTS: Final = {Command.ADD: ADD, Command.FRIDGE: LIST, Command.REMOVE: REMOVE}
TTL: Final = timedelta(hours=24)
WARM_UP_UPDATES: Final = 200


class Prepared(NamedTuple):
    """A statement in asyncpg's form, and the names of its arguments in order."""

    text: str
    names: Sequence[str]

    @classmethod
    def of(cls, statement: TextClause) -> "Prepared":
        """Return the form in which our program gives a statement to the driver."""
        compiled = statement.compile(dialect=create_engine("postgresql://").dialect)
        return cls(str(compiled), compiled.positiontup or ())


def main() -> int:
    """Measure, and print the result as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("url")
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--updates", type=int, required=True)
    parser.add_argument("--at-once", type=int, required=True)
    parser.add_argument("--seconds", type=float, required=True)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        result = runner.run(_measure(parser.parse_args()))
    json.dump(asdict(result), sys.stdout)
    return 0


async def _measure(arguments: argparse.Namespace) -> Result:
    mix = Mix(load_catalogue(), arguments.seed)
    calls = prepared_calls(islice(mix.sent(), arguments.updates))
    idle: asyncio.Queue[asyncpg.Connection] = asyncio.Queue()
    for _ in range(MOST):
        idle.put_nowait(await asyncpg.connect(arguments.url))
    await _work(idle, iter(calls[:WARM_UP_UPDATES]), arguments.at_once, math.inf)
    began, processor_seconds = time.perf_counter(), time.process_time()
    latencies = await _work(
        idle, iter(calls[WARM_UP_UPDATES:]), arguments.at_once, began + arguments.seconds
    )
    seconds = time.perf_counter() - began
    processor_seconds = time.process_time() - processor_seconds
    latencies.sort()
    return Result(
        updates=len(latencies),
        seconds=seconds,
        median_ms=percentile(latencies, 50) * 1000,
        p99_ms=percentile(latencies, 99) * 1000,
        processor_us=processor_seconds / max(len(latencies), 1) * 1e6,
        megabytes=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000,
    )


def prepared_calls(sent: Iterable[Sent]) -> Sequence[tuple[str, Sequence[object]]]:
    """Return each message's statement in asyncpg's form, with its arguments."""
    statements = {command: Prepared.of(text) for command, text in STATEMENTS.items()}
    add_lots = Prepared.of(ADD_LOTS)
    now = datetime.now(UTC)
    return [
        (prepared.text, _arguments(prepared, each, now))
        for each in sent
        for prepared in [statements[each.command] if _is_bare(each) else add_lots]
    ]


def _is_bare(sent: Sent) -> bool:
    return all(lot.is_bare for lot in sent.lots)


async def _work(
    idle: asyncio.Queue[asyncpg.Connection],
    calls: Iterator[tuple[str, Sequence[object]]],
    at_once: int,
    deadline: float,
) -> list[float]:
    """Execute statements concurrently until a time or the last one; return the durations."""
    latencies: list[float] = []

    async def work() -> None:
        while (began := time.perf_counter()) < deadline and (call := next(calls, None)):
            text, values = call
            connection = await idle.get()
            await connection.fetch(text, *values)
            idle.put_nowait(connection)
            latencies.append(time.perf_counter() - began)

    async with asyncio.TaskGroup() as workers:
        for _ in range(at_once):
            workers.create_task(work())
    return latencies


def _arguments(prepared: Prepared, sent: Sent, now: datetime) -> Sequence[object]:
    lifetime = Lifetime(TTL)
    ids = [ingredient.id for ingredient in sent.ingredients]
    names = [""] * len(ids)
    values = {
        "chat_id": sent.chat_id,
        "request": f"m{sent.message_id} {sent.command.name.lower()}",
        "message_date": datetime.fromtimestamp(DATE, UTC),
        "now": now,
        "idle_since": lifetime.idle_since(now),
        "recorded_since": lifetime.recorded_since(now),
        "expires_at": lifetime.expires_at(now),
        "first_revision": to_microseconds(now),
        "max_items": MAX_ITEMS,
        "ingredient_ids": ids,
        "name_keys": names,
        "names": names,
        "amounts": [lot.amount and lot.amount.number for lot in sent.lots],
        "units": [lot.amount and lot.amount.unit for lot in sent.lots],
        "best_befores": [lot.best_before for lot in sent.lots],
        "places": [None] * len(ids),
        "notes": [None] * len(ids),
        "session_language": "ko" if sent.is_korean else "en",
    }
    return [values[name] for name in prepared.names]


if __name__ == "__main__":
    sys.exit(main())
