"""Tables as spreadsheets write and read them: CSV."""

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from io import StringIO
from itertools import islice
from typing import Final

from bot.features.common.encodings import UTF_8_WITH_MARK
from bot.locale.language import Language
from fridge.catalogue.normalise import normalise

DELIMITERS: Final = ",;\t"

FORMULA: Final = re.compile("'*[=+\\-@\t\r\n＝＋－＠]")
"""What a spreadsheet takes for the beginning of a formula, also behind marks of text.

See https://owasp.org/www-community/attacks/CSV_Injection.
"""

TEXT_MARK: Final = "'"
"""What says to a spreadsheet that a cell is text, whatever it looks like."""

# What people head the column of names with; a heading of our own comes from the catalogue.
HEADINGS: Final = (
    *("item", "item name", "ingredient", "product", "product name", "food"),
    *("재료", "재료명", "재료 이름", "식재료", "식품", "식품명", "품목", "품목명", "품명"),
    *("상품", "상품명", "제품", "제품명"),
)

MOST_COLUMNS: Final = 100
LONGEST_HEADING: Final = 64
LONGEST_ROW: Final = 32_768
"""Characters; in a longer one a quote was left open."""

LINES_LOOKED_AT: Final = 1000
LINE: Final = re.compile(r"\S[^\r\n]*")
CELLS_APART: Final = re.compile(r"\S\t+\S")
SEPARATOR_LINE: Final = re.compile(r'\A\s*+"?sep=(?P<delimiter>[,;\t])"?[\r\n]+', re.IGNORECASE)
"""What Excel writes above a table, for itself."""


def name_heading(language: Language) -> str:
    """The heading of the names in our own tables."""
    return language.gettext("Name")


def write_table(rows: Iterable[Sequence[str]]) -> bytes:
    """A table of text that no spreadsheet takes for anything else.

    In UTF-8 with the mark at its beginning without which Excel reads Korean wrongly.
    """
    table = StringIO()
    # Quoted in any case: elsewhere in the world the cells are separated by semicolons.
    writer = csv.writer(table, quoting=csv.QUOTE_ALL)
    writer.writerows([_defused(cell) for cell in row] for row in rows)
    return table.getvalue().encode(UTF_8_WITH_MARK)


def names_in_table(text: str) -> Iterator[str]:
    """The cells of the column of names in a table, one after the other.

    It is the one with a heading that says so, otherwise the first. A table of one row is a list.
    Nothing is read ahead; an empty row is an empty cell.
    """
    first: Sequence[str] = ()
    column: int | None = None
    for row in _rows(text):
        if _is_empty(row):
            yield ""
        elif not first:
            first, column = row, _heading(row)
        elif column is None:
            column = 0
            yield _armed(first[0])
            yield _armed(row[0])
        else:
            yield _armed(row[column]) if len(row) > column else ""
    if column is None:
        yield from map(_armed, first)


def looks_like_table(text: str) -> bool:
    """Whether the first line holds the heading of names, or every line has cells with tabs."""
    if SEPARATOR_LINE.match(text):
        return True
    lines = [line[0] for line in islice(LINE.finditer(text), LINES_LOOKED_AT)]
    if len(lines) > 1 and _heading(next(_rows(lines[0]))) is not None:
        return True
    return bool(lines) and all(map(CELLS_APART.search, lines))


def _rows(text: str) -> Iterator[Sequence[str]]:
    """The rows, of which some are empty."""
    separator = SEPARATOR_LINE.match(text)
    if separator:
        text = text[separator.end() :]
    first_line = text.strip().partition("\n")[0]
    delimiter = separator["delimiter"] if separator else max(DELIMITERS, key=first_line.count)
    source = StringIO(text, newline="")
    end = 0

    def lines() -> Iterator[str]:
        for line in source:
            if source.tell() - end > LONGEST_ROW:
                raise csv.Error("A row is too long")
            yield line

    try:
        # An error tells of quotes that are left open, where the rest would be one cell.
        for row in csv.reader(lines(), delimiter=delimiter, strict=True):
            end = source.tell()
            yield row
    except csv.Error:
        source.seek(end)
        for line in source:
            yield line.strip("\r\n").replace('"', "").split(delimiter)


def _is_empty(row: Sequence[str]) -> bool:
    return not any(map(str.strip, row))


def _heading(row: Sequence[str]) -> int | None:
    """The place of the heading of the names in a row of headings."""
    keys = _heading_keys()
    return next(
        (
            n
            for n, cell in enumerate(islice(row, MOST_COLUMNS))
            if normalise(cell[:LONGEST_HEADING]) in keys
        ),
        None,
    )


@cache
def _heading_keys() -> frozenset[str]:
    return frozenset(map(normalise, (*map(name_heading, Language), *HEADINGS)))


def _defused(cell: str) -> str:
    return f"{TEXT_MARK}{cell}" if FORMULA.match(cell) else cell


def _armed(cell: str) -> str:
    """The cell as it was before it was defused."""
    return cell[1:] if cell.startswith(TEXT_MARK) and FORMULA.match(cell) else cell
