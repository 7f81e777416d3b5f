"""Writes the results as tables and pictures."""

import os
import platform
import re
from collections.abc import Callable, Mapping, Sequence
from importlib.metadata import version
from typing import Final, NamedTuple

from db.connection.embedded import MAJOR_VERSION
from tools.benchmarks.throughput.chart import Bar, bars
from tools.benchmarks.throughput.cold_start import ColdStart
from tools.benchmarks.throughput.contenders import CONTENDERS, Bot
from tools.benchmarks.throughput.results import Figure, Result, figure, ratio
from tools.chaos.bots import ROOT

PAGE: Final = ROOT / "docs" / "performance.md"
PICTURES: Final = ROOT / "docs" / "images"
BEGIN: Final = "<!-- begin: written by make bench -->"
END: Final = "<!-- end: written by make bench -->"

Rounds = Mapping[str, Sequence[Result]]
"""The results of each contender, one a round."""

HEADINGS: Final = ("", "updates/s", "p50", "p99", "processor time", "memory")


class Target(NamedTuple):
    """The ratio that our rate should reach to another contender's."""

    ours: str
    other: str
    least: float


RATIOS: Final = (
    Target("ours-webhook", "ptb-webhook", 6),
    Target("ours-webhook", "aiogram-webhook", 2.5),
    Target("ours-webhook", "asyncpg", 0.5),
    Target("ours-polling", "ptb-polling", 4),
    Target("ours-polling", "aiogram-polling", 1.5),
)
MOST_PROCESSOR_US: Final = {"ours-webhook": 350, "ours-polling": 600}
MOST_SECONDS: Final = ColdStart(new=5, existing=2)


class Setting(NamedTuple):
    """The circumstances of a measurement."""

    rounds: int
    seconds: float
    at_once: int


def line(result: Result) -> str:
    """Return a result in one line."""
    if result.faults:
        return f"does not count: {', '.join(result.faults)}"
    parts = [
        f"{result.rate:,.0f}/s",
        *_known("p50 {:.1f} ms", result.median_ms),
        *_known("p99 {:.1f} ms", result.p99_ms),
        *_known("{:,.0f} µs of processor time an update", result.processor_us),
        *_known("{:.0f} MB", result.megabytes),
    ]
    return ", ".join(parts)


def _known(form: str, value: float | None) -> Sequence[str]:
    return () if value is None else (form.format(value),)


def write(rounds: Rounds, starts: Sequence[ColdStart], setting: Setting) -> None:
    """Write the tables between the page's marks, and the pictures beside the page."""
    PICTURES.mkdir(exist_ok=True)
    (PICTURES / "performance-rate.svg").write_text(
        _picture("Updates a second", rounds, lambda result: result.rate, "{:,.0f}")
    )
    (PICTURES / "performance-processor.svg").write_text(
        _picture(
            "Processor time of the bot for an update, in microseconds",
            rounds,
            lambda result: result.processor_us,
            "{:,.0f}",
        )
    )
    pictures = (
        "![Updates a second](images/performance-rate.svg)",
        "![Processor time for an update](images/performance-processor.svg)",
    )
    parts = (_circumstances(setting, rounds), tables(rounds, starts), *pictures)
    PAGE.write_text(between_marks(PAGE.read_text(), "\n\n".join(parts)))


def between_marks(page: str, content: str) -> str:
    """Return the page with other content between the marks."""
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n\n{content}\n\n{END}{after}"


def tables(rounds: Rounds, starts: Sequence[ColdStart]) -> str:
    """Return all results in Markdown."""
    parts = [_results_table(rounds)]
    if targets := _targets(rounds, starts):
        parts.append(_table(("", "measured", "wanted"), targets))
    if faults := [
        f"- {CONTENDERS[name].title}, round {number}: {', '.join(result.faults)}"
        for name, results in rounds.items()
        for number, result in enumerate(results, start=1)
        if result.faults
    ]:
        parts.append("\n".join(("These rounds do not count:", "", *faults)))
    return "\n\n".join(parts)


def _results_table(rounds: Rounds) -> str:
    return _table(
        HEADINGS,
        [
            (
                CONTENDERS[name].title,
                _shown(figure(results, lambda result: result.rate), "{:,.0f}"),
                _shown(figure(results, lambda result: result.median_ms), "{:,.0f}", " ms"),
                _shown(figure(results, lambda result: result.p99_ms), "{:,.0f}", " ms"),
                _shown(figure(results, lambda result: result.processor_us), "{:,.0f}", " µs"),
                _shown(figure(results, lambda result: result.megabytes), "{:,.0f}", " MB"),
            )
            for name, results in rounds.items()
        ],
    )


def _targets(rounds: Rounds, starts: Sequence[ColdStart]) -> Sequence[Sequence[str]]:
    rows: list[Sequence[str]] = [
        (
            f"{CONTENDERS[target.ours].title} ÷ {CONTENDERS[target.other].title}",
            _shown(ratio(rounds[target.ours], rounds[target.other]), "{:.2f}"),
            f"at least {target.least:g}",
        )
        for target in RATIOS
        if target.ours in rounds and target.other in rounds
    ]
    rows += [
        (
            f"processor time for an update: {CONTENDERS[name].title}",
            _shown(figure(rounds[name], lambda result: result.processor_us), "{:,.0f}", " µs"),
            f"at most {most} µs",
        )
        for name, most in MOST_PROCESSOR_US.items()
        if name in rounds
    ]
    if starts:
        for what, seconds, most in (
            ("an existing", [start.existing for start in starts], MOST_SECONDS.existing),
            ("a new", [start.new for start in starts], MOST_SECONDS.new),
        ):
            rows.append(
                (
                    f"from the start to the first answer, with {what} embedded database",
                    _shown(Figure.of(seconds), "{:.2f}", " s"),
                    f"under {most:g} s",
                )
            )
    return rows


def _shown(figure: Figure | None, form: str, unit: str = "") -> str:
    if figure is None:
        return "–"
    median, least, most = (form.format(value) for value in figure)
    return f"**{median}**{unit} ({least}–{most})"


def _table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    alignment = ("---", *("---:" for _ in headings[1:]))
    return "\n".join(f"| {' | '.join(row)} |" for row in (headings, alignment, *rows))


def _picture(title: str, rounds: Rounds, value: Callable[[Result], float | None], form: str) -> str:
    return bars(
        title,
        [
            Bar(CONTENDERS[name].title, known, form.format(known.median), _kind(name))
            for name, results in rounds.items()
            if (known := figure(results, value)) is not None
        ],
    )


def _kind(name: str) -> str:
    if not isinstance(CONTENDERS[name], Bot):
        return "floor"
    return "ours" if name.startswith("ours") else "peer"


def _circumstances(setting: Setting, rounds: Rounds) -> str:
    libraries = ("python-telegram-bot", "aiohttp", "uvloop", "SQLAlchemy", "asyncpg")
    versions = (
        f"Python {platform.python_version()}",
        f"PostgreSQL {MAJOR_VERSION}",
        *(f"{name} {version(name)}" for name in libraries),
        f"aiogram {_pinned_for_peers('aiogram')}",
    )
    return (
        f"{setting.rounds} rounds of {setting.seconds:g} s each, {setting.at_once} updates at "
        f"once, on {os.cpu_count()} processor cores that the bot, PostgreSQL and the load share "
        f"({platform.system()} on {platform.machine()}; {', '.join(versions)}). Each figure is the "
        f"median of the rounds, with the least and the most.{_cost_of_load(rounds)}"
    )


def _cost_of_load(rounds: Rounds) -> str:
    figures = (figure(results, lambda result: result.load_us) for results in rounds.values())
    medians = [known.median for known in figures if known is not None]
    if not medians:
        return ""
    return (
        f" The load itself takes {min(medians):.0f} to {max(medians):.0f} µs of processor time for "
        "an update."
    )


def _pinned_for_peers(name: str) -> str:
    """Return a package's version in the peers' environment."""
    lock = (ROOT / "requirements-peers.lock").read_text()
    found = re.search(rf"^{name}(?:\[\w+\])?==(\S+)", lock, re.MULTILINE)
    return found[1] if found else ""
