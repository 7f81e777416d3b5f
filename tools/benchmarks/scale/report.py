"""Writes the figures as tables into docs/scale.md."""

import os
import platform
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final

from db.connection.embedded import MAJOR_VERSION
from db.operation.job_runs import EXTEND, FORGET_RECORDS, PURGE
from tools.benchmarks.scale.filling import CONTENTS, ITEMS, RECORDS, SESSIONS
from tools.benchmarks.scale.measuring import SERVER, Figures, Times
from tools.benchmarks.scale.people import Command
from tools.benchmarks.scale.tables import Updates

BEGIN: Final = "<!-- begin: written by make bench-scale -->"
END: Final = "<!-- end: written by make bench-scale -->"

MOST_GROWTH: Final = 1.5
MOST_GROWTH_DURING_PURGE: Final = 2
MOST_MEGABYTES: Final = 10
LEAST_PURGED_A_SECOND: Final = 20_000
MOST_SECONDS_OF_STATISTICS: Final = 1
MOST_BYTES_OF_ITEM: Final = 200
LEAST_HEAP_ONLY: Final = 95

UNKNOWN: Final = "–"
DONE: Final = {
    EXTEND: "sessions extended",
    PURGE: "sessions purged",
    FORGET_RECORDS: "records forgotten",
}
ROWS_OF_FRIDGE: Final = 1 + ITEMS + 1

Value = Callable[[Figures], str]
Row = tuple[str, Value]

Days = Mapping[int, Updates]
"""The updates of sessions, by the number of uses that a fridge has in a day."""


def report(runs: Sequence[Figures], days: Days) -> str:
    """Return all figures in Markdown.

    Args:
        runs: The figures of each number of fridges, the smallest first.
        days: The results of days in fast motion.
    """
    values = {**SERVER, "huge_pages_status": runs[-1].huge_pages}
    settings = ", ".join(f"`{name} = {value}`" for name, value in values.items())
    circumstances = (
        f"On {os.cpu_count()} cores ({platform.machine()}), with Python "
        f"{platform.python_version()} and PostgreSQL {MAJOR_VERSION} ({settings})."
    )
    parts = [
        circumstances,
        _sizes_table(runs, "people", _of_people()),
        *(_sizes_table(runs, title, _of_job(job)) for job, title in DONE.items()),
        _sizes_table(runs, "bytes", _of_bytes()),
    ]
    if days:
        parts.append(_days_table(days))
    parts.append(_bounds_table(runs, days))
    return "\n\n".join(parts)


def write(page: Path, content: str) -> None:
    """Replace the content between the page's marks."""
    before, _, rest = page.read_text().partition(BEGIN)
    _, _, after = rest.partition(END)
    page.write_text(f"{before}{BEGIN}\n\n{content}\n\n{END}{after}")


def _of_people() -> Sequence[Row]:
    return [
        *(_of_command(command) for command in Command),
        (
            "`/stats`, the slowest of five",
            lambda run: f"{max(run.quiet.statistics_seconds) * 1000:,.0f} ms",
        ),
        ("log of a command, bytes", lambda run: f"{run.quiet.logged_per_command:,.0f}"),
        ("heap-only updates of sessions", lambda run: _share(run.quiet.updates)),
        ("memory of the bot at its start", lambda run: f"{run.quiet.memory_at_start:.1f} MB"),
        ("memory after these commands", lambda run: f"{run.quiet.memory:.1f} MB"),
        ("memory after the jobs of an hour", lambda run: f"{run.with_jobs.memory:.1f} MB"),
    ]


def _of_command(command: Command) -> Row:
    return f"`{command.value}`: p50, p99", lambda run: _shown(run.quiet.times.get(command))


def _of_job(job: str) -> Sequence[Row]:
    def during(command: Command) -> Row:
        return (
            f"`{command.value}` meanwhile: p50, p99",
            lambda run: _shown(run.with_jobs.times[job].get(command)),
        )

    return [
        ("how many", lambda run: f"{run.with_jobs.runs[job].affected:,}"),
        ("a second", lambda run: f"{_rate(run, job):,.0f}"),
        (
            "log of each, bytes",
            lambda run: f"{run.with_jobs.logged[job] / run.with_jobs.runs[job].affected:,.0f}",
        ),
        *(during(command) for command in Command),
    ]


def _of_bytes() -> Sequence[Row]:
    def of(what: str, table: str, rows: int) -> Row:
        def value(run: Figures) -> str:
            size, count = run.sizes[table], run.fridges * rows
            return f"{size.table / count:.0f} + {size.index / count:.0f}"

        return f"{what}: table + index", value

    return [
        of("a session", SESSIONS, 1),
        of("an item", CONTENTS, ITEMS),
        of("a record", RECORDS, 1),
    ]


def _days_table(days: Days) -> str:
    return _table(
        ("uses of a fridge a day", *map(str, days)),
        [("heap-only updates of sessions", *map(_share, days.values()))],
    )


def _bounds_table(runs: Sequence[Figures], days: Days) -> str:
    first, last = runs[0], runs[-1]
    rows = [
        (
            f"p99 of `{command.value}`, {last.fridges:,} ÷ {first.fridges:,} fridges",
            f"{_ratio(last.quiet.times, first.quiet.times, command):.2f}",
            f"at most {MOST_GROWTH}",
        )
        for command in Command
    ]
    purged = f"{last.with_jobs.runs[PURGE].affected:,} sessions are purged"
    rows += [
        (
            f"p99 of `{command.value}` while {purged} ÷ before",
            f"{_ratio(last.with_jobs.times[PURGE], last.quiet.times, command):.2f}",
            f"at most {MOST_GROWTH_DURING_PURGE}",
        )
        for command in Command
        if command in last.with_jobs.times[PURGE]
    ]
    item = last.sizes[CONTENTS]
    rows += [
        (
            f"memory of the bot, {last.fridges:,} − {first.fridges:,} fridges",
            f"{last.quiet.memory - first.quiet.memory:.1f} MB",
            f"at most {MOST_MEGABYTES} MB",
        ),
        (
            "sessions purged a second",
            f"{_rate(last, PURGE):,.0f}",
            f"at least {LEAST_PURGED_A_SECOND:,}",
        ),
        (
            f"`/stats` with {last.fridges:,} fridges",
            f"{max(last.quiet.statistics_seconds):.2f} s",
            f"at most {MOST_SECONDS_OF_STATISTICS} s",
        ),
        (
            "table and index of an item",
            f"{(item.table + item.index) / last.fridges / ITEMS:.0f} bytes",
            f"at most {MOST_BYTES_OF_ITEM}",
        ),
        (
            "heap-only updates of sessions by commands",
            _share(last.quiet.updates),
            f"at least {LEAST_HEAP_ONLY} %",
        ),
    ]
    rows += [
        (
            f"with the jobs, at {uses} uses a day",
            _share(updates),
            f"at least {LEAST_HEAP_ONLY} %",
        )
        for uses, updates in days.items()
    ]
    return _table(("", "measured", "wanted"), rows)


def _rate(run: Figures, job: str) -> float:
    done = run.with_jobs.runs[job]
    return done.affected / done.seconds


def _ratio(
    times: Mapping[Command, Times], others: Mapping[Command, Times], command: Command
) -> float:
    return times[command].p99 / others[command].p99


def _shown(times: Times | None) -> str:
    return f"{times.p50 * 1000:.1f}, {times.p99 * 1000:.1f} ms" if times else UNKNOWN


def _share(updates: Updates) -> str:
    return f"{100 * updates.heap_only / updates.all:.1f} %" if updates.all else UNKNOWN


def _sizes_table(runs: Sequence[Figures], title: str, rows: Sequence[Row]) -> str:
    return _table(
        (title, *(f"{run.fridges:,} fridges" for run in runs)),
        [(name, *map(value, runs)) for name, value in rows],
    )


def _table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    alignment = ("---", *("---:" for _ in headings[1:]))
    return "\n".join(f"| {' | '.join(row)} |" for row in (headings, alignment, *rows))
