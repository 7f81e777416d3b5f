"""Draws bars as an SVG picture that suits a light and a dark page."""

from collections.abc import Sequence
from html import escape
from typing import Final, NamedTuple

from tools.benchmarks.throughput.results import Figure

WIDTH: Final = 800
LABELS: Final = 330
VALUES: Final = 80
"""The width right of the longest bar, for its figure."""

TOP: Final = 40
ROW: Final = 28
BAR: Final = 16

STYLE: Final = """
text { font: 13px system-ui, sans-serif; fill: #1f2328 }
.title { font-weight: 600; font-size: 15px }
.ours { fill: #1a7f64 } .peer { fill: #8c959f } .floor { fill: #c9a227 }
.range { stroke: #1f2328; stroke-width: 1.5 }
@media (prefers-color-scheme: dark) {
  text { fill: #e6edf3 }
  .ours { fill: #2fb58f } .peer { fill: #6e7681 } .floor { fill: #d9b44a }
  .range { stroke: #e6edf3 }
}
"""


class Bar(NamedTuple):
    """A bar as long as the median, with a line from the least to the most.

    `kind` is `ours`, `peer` or `floor`; `shown` is the figure in words.
    """

    label: str
    figure: Figure
    shown: str
    kind: str


def bars(title: str, rows: Sequence[Bar]) -> str:
    """Return a picture of one or more bars, one below the other."""
    height = TOP + ROW * len(rows) + 8
    longest = max(row.figure.most for row in rows)
    scale = (WIDTH - LABELS - VALUES) / longest
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img">',
        f"<title>{escape(title)}</title>",
        f"<style>{STYLE}</style>",
        f'<text class="title" x="0" y="20">{escape(title)}</text>',
        *(_row(row, TOP + ROW * place, scale) for place, row in enumerate(rows)),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _row(row: Bar, top: int, scale: float) -> str:
    middle = top + ROW // 2
    end, least, most = (LABELS + value * scale for value in row.figure)
    label, base, corner = LABELS - 10, middle + 5, middle - BAR // 2
    return "\n".join(
        (
            f'<text x="{label}" y="{base}" text-anchor="end">{escape(row.label)}</text>',
            f'<path class="{row.kind}" d="M{LABELS} {corner}H{end:.0f}v{BAR}H{LABELS}z"/>',
            f'<path class="range" d="M{least:.0f} {middle}H{most:.0f}"/>',
            f'<text x="{max(end, most) + 8:.0f}" y="{base}">{escape(row.shown)}</text>',
        )
    )
