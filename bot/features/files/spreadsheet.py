"""Writes and reads tables (CSV) as spreadsheets do."""

import csv
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from io import StringIO
from itertools import islice
from typing import Final

from bot.features.common.encodings import UTF_8_WITH_MARK
from bot.locale.language import Language
from fridge.catalogue.normalise import normalise

DELIMITERS: Final = ",;\t"

FORMULA: Final = re.compile("'*[=+\\-@\t\r\n＝＋－＠]")
"""The beginning of a formula, also after marks of text.

See https://owasp.org/www-community/attacks/CSV_Injection.
"""

TEXT_MARK: Final = "'"
"""A cell that begins with this is text for a spreadsheet, even if it looks like a formula."""

# Usual headings of a column of names; the heading in our own exports comes from the catalogue.
HEADINGS: Final = (
    *("item", "item name", "ingredient", "product", "product name", "food", "grocery", "article"),
    *("재료", "재료명", "재료 이름", "식재료", "식품", "식품명", "품목", "품목명", "품명"),
    *("상품", "상품명", "제품", "제품명"),
)

FIELD_HEADINGS: Final[Mapping[str, Sequence[str]]] = {
    "amount": (
        *("amount", "quantity", "qty", "count", "how many", "how much", "in stock", "stock"),
        *("수량", "개수", "갯수", "양", "재고", "남은 양"),
    ),
    "unit": ("unit", "units", "quantity unit", "qu", "단위"),
    "best_before": (
        *("best before", "best by", "expiry", "expiry date", "expiration", "expiration date"),
        *("expires", "exp", "exp date", "use by", "due", "due date", "next due date"),
        *("best before date", "next best before date", "bbd"),
        *("유통기한", "소비기한", "기한", "유통 기한", "소비 기한", "만료일", "까지"),
    ),
    "place": (
        *("place", "location", "where", "storage", "default location", "stored in"),
        *("위치", "장소", "보관", "보관장소", "보관 장소", "보관위치", "보관 위치"),
    ),
    "note": ("note", "notes", "comment", "brand", "메모", "비고", "브랜드", "참고"),
}
"""The headings of other programs and of people, by the fields that they mean."""

MOST_COLUMNS: Final = 100
LONGEST_HEADING: Final = 64
LONGEST_ROW: Final = 32_768
"""How many characters a row may have; in a longer row a quote was left open."""

LINES_LOOKED_AT: Final = 1000
LINE: Final = re.compile(r"\S[^\r\n]*")
CELLS_APART: Final = re.compile(r"\S\t+\S")
SEPARATOR_LINE: Final = re.compile(r'\A\s*+"?sep=(?P<delimiter>[,;\t])"?[\r\n]+', re.IGNORECASE)
"""The line that Excel writes above a table, to find the separator again."""


def name_heading(language: Language) -> str:
    """Return the heading of the column of names in our exports."""
    return language.gettext("Name")


def field_headings(language: Language) -> Mapping[str, str]:
    """Return the headings of the columns in our exports that tell of a lot, by their fields."""
    return {
        "amount": language.gettext("Amount"),
        "unit": language.gettext("Unit"),
        "best_before": language.gettext("Best before"),
        "place": language.gettext("Place"),
        "note": language.gettext("Note"),
    }


def write_table(rows: Iterable[Sequence[str]]) -> bytes:
    """Return a CSV table; no spreadsheet takes a cell of it for a formula.

    The encoding is UTF-8 with a byte order mark, without which Excel decodes Korean wrongly.
    """
    table = StringIO()
    # All cells are quoted: in many countries, spreadsheets separate cells by semicolons.
    writer = csv.writer(table, quoting=csv.QUOTE_ALL)
    writer.writerows([_defused(cell) for cell in row] for row in rows)
    return table.getvalue().encode(UTF_8_WITH_MARK)


def rows_in_table(text: str) -> Iterator[str | Mapping[str, str]]:
    """Yield the cells of the column of names, or, below headings, what each row says by fields.

    The column is the one with a heading for names, otherwise the first. A table with one row is a
    list of names. The iterator reads no further than it yields, and yields "" for an empty row.
    """
    first: Sequence[str] = ()
    column: int | None = None
    fields: Mapping[str, int] = {}
    for row in _rows(text):
        if _is_empty(row):
            yield ""
        elif not first:
            first, column = row, _heading(row)
            fields = _fields(row)
        elif column is None:
            column = 0
            yield _armed(first[0])
            yield _armed(row[0])
        elif fields and len(row) > column:
            cells = {name: _armed(row[n]).strip() for name, n in fields.items() if n < len(row)}
            yield {name: cell for name, cell in cells.items() if cell} | {
                "name": _armed(row[column])
            }
        else:
            yield _armed(row[column]) if len(row) > column else ""
    if column is None:
        yield from map(_armed, first)


def looks_like_table(text: str) -> bool:
    """Tell whether a text is a table.

    It is one if it begins with a `sep=` line, if its first line has a heading for names, or if
    every line has cells with tabs between them.
    """
    if SEPARATOR_LINE.match(text):
        return True
    lines = [line[0] for line in islice(LINE.finditer(text), LINES_LOOKED_AT)]
    if len(lines) > 1 and _heading(next(_rows(lines[0]))) is not None:
        return True
    return bool(lines) and all(map(CELLS_APART.search, lines))


def _rows(text: str) -> Iterator[Sequence[str]]:
    """Yield the rows, some of which may be empty."""
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
        # Strict: a quote that is left open is an error; otherwise the rest would be one cell.
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
    """Return the index of the cell that is a heading for names, if one is."""
    keys = _heading_keys()
    return next(
        (
            n
            for n, cell in enumerate(islice(row, MOST_COLUMNS))
            if normalise(cell[:LONGEST_HEADING]) in keys
        ),
        None,
    )


def _fields(row: Sequence[str]) -> Mapping[str, int]:
    """Return the places of the columns with our own headings besides the name's."""
    keys = _field_keys()
    return {
        keys[key]: n
        for n, cell in enumerate(islice(row, MOST_COLUMNS))
        if (key := normalise(cell[:LONGEST_HEADING])) in keys
    }


@cache
def _field_keys() -> Mapping[str, str]:
    others = [(one, field) for field, words in FIELD_HEADINGS.items() for one in words]
    own = [(one, field) for language in Language for field, one in field_headings(language).items()]
    return {normalise(heading): field for heading, field in (*others, *own)}


@cache
def _heading_keys() -> frozenset[str]:
    return frozenset(map(normalise, (*map(name_heading, Language), *HEADINGS)))


def _defused(cell: str) -> str:
    return f"{TEXT_MARK}{cell}" if FORMULA.match(cell) else cell


def _armed(cell: str) -> str:
    """Undo `_defused`."""
    return cell[1:] if cell.startswith(TEXT_MARK) and FORMULA.match(cell) else cell
