"""The SQL of every statement of the program, whole, in one file a statement.

Statements share pieces, which are put together when the program starts. The files in `tests/db/sql`
hold the result, so that a reviewer sees what the change of a piece does to each statement. This
command writes them anew:

    .venv/bin/python -m tests.db.expanded_sql

The layout of a file depends on the SQL alone: a line break that moves in the program changes none.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from tests.db.statements import TEXTS

FOLDER: Final = Path(__file__).parent / "sql"
RENEW: Final = ".venv/bin/python -m tests.db.expanded_sql"

WIDTH: Final = 100
INDENT: Final = "    "

# A string; a word with the parenthesis that it opens; a closing one; a comma; another word.
PIECE: Final = re.compile(r"'[^']*'|[^\s'(),]*\(|\)|,|[^\s'(),]+")

# fmt: off
CLAUSES: Final = frozenset({
    "SELECT", "FROM", "LEFT", "CROSS", "JOIN", "ON", "WHERE", "AND", "OR", "GROUP", "ORDER",
    "WINDOW", "LIMIT", "OFFSET", "UNION", "INSERT", "UPDATE", "DELETE", "USING", "SET", "VALUES",
    "RETURNING", "FOR",
})
CONDITIONS: Final = frozenset({"AND", "OR", "ON"})
CONTINUATIONS: Final = frozenset({
    ("DELETE", "FROM"), ("DISTINCT", "FROM"), ("ROWS", "FROM"), ("DISTINCT", "ON"),
    ("LEFT", "JOIN"), ("CROSS", "JOIN"), ("DO", "UPDATE"), ("FOR", "UPDATE"), ("UPDATE", "SET"),
})
# fmt: on
"""Words of which the second one begins no clause after the first one."""


def expanded() -> Mapping[str, str]:
    """The statements, laid out, by the names of their files."""
    return {f"{name}.sql": laid_out(sql) for name, sql in TEXTS.items()}


def laid_out(sql: str) -> str:
    """A statement, in lines that depend on its words alone."""
    return "".join(f"{line}\n" for line in _lines(PIECE.findall(sql), ""))


def stored() -> Mapping[str, str]:
    """The statements as the files have them."""
    return {path.name: path.read_text(encoding="utf-8") for path in FOLDER.glob("*.sql")}


def renew() -> None:
    """Write the files anew; those of statements that are gone go."""
    for path in FOLDER.glob("*.sql"):
        path.unlink()
    for name, sql in expanded().items():
        (FOLDER / name).write_text(sql, encoding="utf-8")


def _lines(pieces: Sequence[str], indent: str) -> Iterator[str]:
    """One line, or one for each clause where they do not fit on it."""
    if len(line := indent + _joined(pieces)) <= WIDTH:
        yield line
        return
    for clause in _split(pieces, _begins_clause):
        is_condition = clause[0] in CONDITIONS and clause[1] != "CONFLICT"
        begin = indent + INDENT * is_condition
        further = begin + INDENT * (clause[0] in CLAUSES)
        first, *others = _filled(_split(clause, _follows_comma), WIDTH - len(further))
        yield from _opened(first, begin)
        for part in others:
            yield from _opened(part, further)


def _opened(part: Sequence[str], indent: str) -> Iterator[str]:
    """One line, or several where its longest parentheses do not fit on it."""
    begin, end = max(_groups(part), key=lambda group: group[1] - group[0], default=(0, 0))
    if len(line := indent + _joined(part)) <= WIDTH or begin == end:
        yield line
        return
    yield indent + _joined(part[: begin + 1])
    yield from _lines(part[begin + 1 : end], indent + INDENT)
    yield from _opened(part[end:], indent)


def _groups(pieces: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Where parentheses open and close that are in no others."""
    begin = depth = 0
    for place, piece in enumerate(pieces):
        if piece.endswith("("):
            begin = begin if depth else place
            depth += 1
        elif piece == ")" and depth:
            depth -= 1
            if not depth:
                yield begin, place


def _filled(parts: Iterable[Sequence[str]], width: int) -> Sequence[Sequence[str]]:
    """The parts, with as many together as are no wider than a line."""
    filled: list[Sequence[str]] = []
    for part in parts:
        if filled and len(_joined([*filled[-1], *part])) <= width:
            filled[-1] = [*filled[-1], *part]
        else:
            filled.append(part)
    return filled


def _split(
    pieces: Sequence[str], begins: Callable[[Sequence[str], int], bool]
) -> Iterator[Sequence[str]]:
    """The parts that begin where the function says so, outside of parentheses."""
    inside = {place for begin, end in _groups(pieces) for place in range(begin + 1, end + 1)}
    begin = 0
    for place in range(1, len(pieces)):
        if place not in inside and begins(pieces, place):
            yield pieces[begin:place]
            begin = place
    yield pieces[begin:]


def _begins_clause(pieces: Sequence[str], place: int) -> bool:
    is_cte = pieces[place + 1 : place + 3] in (["AS", "("], ["AS", "MATERIALIZED"])
    if is_cte and pieces[place - 1] == ",":
        return True
    return pieces[place] in CLAUSES and (pieces[place - 1], pieces[place]) not in CONTINUATIONS


def _follows_comma(pieces: Sequence[str], place: int) -> bool:
    return pieces[place - 1] == ","


def _joined(pieces: Sequence[str]) -> str:
    return re.sub(r"(?<=\() | (?=[),])", "", " ".join(pieces))


if __name__ == "__main__":
    renew()
