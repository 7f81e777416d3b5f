"""Runs our statements in pgbench: the rate of PostgreSQL itself on this machine."""

import asyncio
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Final
from urllib.parse import parse_qs, urlsplit

from sqlalchemy import TextClause

from db.connection.command_connections import MOST
from db.connection.embedded import PROGRAMS
from db.fridges.statements.add import ADD
from db.fridges.statements.add_lots import ADD_LOTS
from fridge.catalogue.catalogue import Catalogue
from fridge.items import MAX_ITEMS
from fridge.lifetime import Lifetime
from fridge.times import to_microseconds
from tools.benchmarks.throughput.floor import STATEMENTS, TTL
from tools.benchmarks.throughput.load.mix import CHATS, FIRST_CHAT, WITH_LOTS, Command
from tools.benchmarks.throughput.results import MeasurementError, Result

PARAMETER: Final = re.compile(r"(?<!:):([a-z_]+)")
COUNT: Final = re.compile(r"^number of transactions actually processed: (\d+)", re.MULTILINE)
RATE: Final = re.compile(r"^tps = ([\d.]+)", re.MULTILINE)


async def measure(
    url: str, catalogue: Catalogue, folder: Path, *, seed: int, seconds: float
) -> Result:
    """Have pgbench execute the mix of prepared statements, on as many connections as the bot.

    Raises:
        MeasurementError: pgbench fails; the message is its output.
    """
    scripts: list[str] = []
    additions = Command.ADD.value
    with_lots = round(additions * WITH_LOTS)
    weighted = [
        (Command.ADD, ADD, additions - with_lots),
        (Command.ADD, ADD_LOTS, with_lots),
        *((other, STATEMENTS[other], other.value) for other in Command if other is not Command.ADD),
    ]
    for number, (command, statement, weight) in enumerate(weighted):
        script = folder / f"{number}.sql"
        script.write_text(script_of(command, statement, catalogue))
        scripts.append(f"--file={script}@{weight}")
    parts = urlsplit(url)
    process = await asyncio.create_subprocess_exec(
        PROGRAMS / "pgbench",
        "--no-vacuum",
        "--protocol=prepared",
        f"--client={MOST}",
        f"--time={max(round(seconds), 1)}",
        f"--random-seed={seed}",
        f"--host={parse_qs(parts.query)['host'][0]}",
        f"--username={parts.username}",
        *scripts,
        parts.path.removeprefix("/"),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    output, errors = await process.communicate()
    printed = output.decode()
    count, rate = COUNT.search(printed), RATE.search(printed)
    if process.returncode or count is None or rate is None:
        raise MeasurementError(errors.decode().strip())
    return Result(updates=int(count[1]), seconds=int(count[1]) / float(rate[1]))


def script_of(command: Command, statement: TextClause, catalogue: Catalogue) -> str:
    """Return a statement in pgbench's form: two ingredients, for a random chat."""
    lifetime, now = Lifetime(TTL), datetime.now(UTC)
    values = {
        "chat_id": "CAST(:chat AS bigint)",
        "request": f"CAST('m' || :message || ' {command.name.lower()}' AS text)",
        "message_date": _time(now),
        "now": _time(now),
        "idle_since": _time(lifetime.idle_since(now)),
        "recorded_since": _time(lifetime.recorded_since(now)),
        "expires_at": _time(lifetime.expires_at(now)),
        "first_revision": f"CAST({to_microseconds(now)} AS bigint)",
        "max_items": f"CAST({MAX_ITEMS} AS integer)",
        "ingredient_ids": "ARRAY[CAST(:first AS integer), CAST(:second AS integer)]",
        "name_keys": "ARRAY['', '']",
        "names": "ARRAY['', '']",
        "amounts": "ARRAY[2.0, 3.0]",
        "units": "ARRAY['piece', 'piece']",
        "best_befores": "ARRAY[NULL, NULL]",
        "places": "ARRAY[NULL, NULL]",
        "notes": "ARRAY[NULL, NULL]",
        "session_language": "CAST('en' AS text)",
    }
    last = len(catalogue.ingredients)
    return "\n".join(
        (
            f"\\set chat random({FIRST_CHAT}, {FIRST_CHAT + CHATS - 1})",
            "\\set message random(1, 1000000000000)",
            f"\\set first random(1, {last // 2})",
            f"\\set second random({last // 2 + 1}, {last})",
            PARAMETER.sub(lambda found: values[found[1]], statement.text) + ";",
        )
    )


def _time(time: datetime) -> str:
    return f"CAST('{time.isoformat()}' AS timestamptz)"
