"""Prints what a tool has found, which is its output."""

from collections.abc import Iterable, Sequence


def say(line: str) -> None:
    """Print a line at once, also into a file or a pipe."""
    print(line, flush=True)  # noqa: T201 (it is the program's output)


def say_table(headings: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print a table in Markdown, after an empty line."""
    say("")
    for row in (headings, ["---"] * len(headings), *rows):
        say(f"| {' | '.join(map(str, row))} |")
