"""Measures how long a text takes to understand: beside looking names up, and at worst.

`python -m tools.benchmarks.understanding` prints, for texts as people send them, how many times as
long the engine takes as `names_between_separators`, and the longest times of hostile texts of 4,096
characters.
"""

import gc
import sys
import time
import timeit
from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Final

from bot.understanding.names import names_between_separators
from bot.understanding.parse import Knowledge, parse
from fridge.catalogue.catalogue import load_catalogue

LONGEST: Final = 4096
TODAY: Final = date(2026, 12, 1)
USUAL: Final = (
    *("milk, eggs", "우유, 계란", "우유", "두부, 콩나물, 대파, 양파", "milk\neggs\nbread"),
    *("우유 2개, 계란 10개", "할머니 소스, 우유", "bought milk and eggs", "우유 다 먹었어"),
    *("계란 2개 먹었어", "no milk left", "what should we eat first?"),
)
HOSTILE: Final = (
    *(" ", "\n", "1", "1 ", "1,", "🥛", "\u0301", "\u0315\u0300\u0316", "\u1112\u1161\u11ab"),
    *(
        "반복",
        "반복 ",
        "우유 ",
        "우유,",
        "우유? ",
        "우유 샀어. ",
        "우유다먹었어",
        "우유 안 먹었어 ",
    ),
    *("사야 해 ", "모르는말이많아요 ", "한 두 ", "다음 주 금요일 ", "우유 1L 2,980\n", "유통기한 "),
    *("milk ", "milk\n", "a ", "no ", "bought milk and ", "the last of the ", "half a dozen "),
    *(
        "next friday ",
        "12/24 ",
        "until ",
        "don't ",
        "3분의 1 ",
        "a우1🥛 ",
        "x",
        "(",
        "[ ]",
        "ﷺ",
        "ß",
    ),
)


def main() -> None:
    """Print the ratios of usual texts, and the ten longest times of hostile ones."""
    catalogue = load_catalogue()
    knowledge = Knowledge.of(catalogue)
    gc.disable()
    for text in USUAL:
        names = seconds(partial(names_between_separators, text, catalogue), 200)
        engine = seconds(partial(parse, text, knowledge, today=TODAY), 200)
        line = f"{engine / names:5.2f} times {names * 1e6:6.1f} µs  {text!r}"
        sys.stdout.write(f"{line}\n")
    times: list[tuple[float, str]] = []
    for piece in HOSTILE:
        text = (piece * LONGEST)[:LONGEST]
        times.append((seconds(partial(parse, text, knowledge, today=TODAY), 1), piece))
    for longest, piece in sorted(times, reverse=True)[:10]:
        sys.stdout.write(f"{longest * 1e3:5.2f} ms  {LONGEST} characters of {piece!r}\n")


def seconds(work: Callable[[], object], times: int) -> float:
    """Return the least processor time that some work took, in seconds."""
    return min(timeit.repeat(work, number=times, repeat=25, timer=time.process_time)) / times


if __name__ == "__main__":
    main()
