"""Measures costs at several numbers of fridges, and writes the results into docs/scale.md.

The fridges are in a PostgreSQL of its own, whose folder is deleted at the end. Ten million fridges
take some 30 GB there.
"""

import argparse
import asyncio
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from tools.benchmarks.scale.day import live
from tools.benchmarks.scale.measuring import Figures, database, measure
from tools.benchmarks.scale.report import Days, report, write
from tools.printing import say

PAGE: Final = Path(__file__).parents[3] / "docs" / "scale.md"
SIZES: Final = (10_000, 1_000_000, 10_000_000)
RATE: Final = 100.0
USES_A_DAY: Final = (5, 10, 20, 40)


def main() -> int:
    """Measure the numbers of fridges that the arguments name; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tools.benchmarks.scale", description=__doc__)
    parser.add_argument(
        "sizes",
        nargs="*",
        type=int,
        default=SIZES,
        help="numbers of fridges (default: %(default)s)",
    )
    parser.add_argument(
        "--rate",
        type=float,
        default=RATE,
        help="commands of people a second (default: %(default)s)",
    )
    parser.add_argument(
        "--folder",
        type=Path,
        default=Path(tempfile.gettempdir()),
        help="where there is room for the database (default: %(default)s)",
    )
    arguments = parser.parse_args()
    figures, days = asyncio.run(_measure(arguments.sizes, arguments.rate, arguments.folder))
    content = report(figures, days)
    say(content)
    if tuple(arguments.sizes) == SIZES:
        write(PAGE, content)
    return 0


async def _measure(
    sizes: Sequence[int], rate: float, folder: Path
) -> tuple[Sequence[Figures], Days]:
    say("Living days in fast motion")
    async with database(folder) as (url, _):
        days = {uses: await live(url, uses) for uses in USES_A_DAY}
    figures: list[Figures] = []
    for size in sizes:
        say(f"Filling and using {size:,} fridges")
        figures.append(await measure(size, rate, folder))
    return figures, days


if __name__ == "__main__":
    sys.exit(main())
