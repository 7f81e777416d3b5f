"""Tables as spreadsheets write and read them: CSV."""

import csv
import re
from collections.abc import Iterable, Sequence
from io import StringIO
from typing import Final

from bot.encodings import UTF_8_WITH_MARK
from bot.language import Language
from db.catalogue.normalise import normalise

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

CELLS_APART: Final = re.compile(r"\S\t+\S")
SEPARATOR_LINE: Final = re.compile(r'\A\s*"?sep=(?P<delimiter>[,;\t])"?[\r\n]+', re.IGNORECASE)
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


def names_in_table(text: str) -> str:
    """The column of names in a table, one on a line.

    It is the one with a heading that says so, otherwise the first. A table of one row is a list.
    """
    rows = _rows(text)
    if not rows:
        return ""
    heading = _heading(rows[0])
    if heading is not None:
        cells = [row[heading] for row in rows[1:] if len(row) > heading]
    elif len(rows) == 1:
        cells = list(rows[0])
    else:
        cells = [row[0] for row in rows]
    return "\n".join(map(_armed, cells))


def looks_like_table(text: str) -> bool:
    """Whether the first line holds the heading of names, or every line has cells with tabs."""
    if SEPARATOR_LINE.match(text):
        return True
    first_line, _, rest = text.strip().partition("\n")
    if rest and any(_heading(row) is not None for row in _rows(first_line)):
        return True
    lines = [line for line in text.splitlines() if line.strip()]
    return bool(lines) and all(map(CELLS_APART.search, lines))


def _rows(text: str) -> Sequence[Sequence[str]]:
    """The rows that are not empty."""
    separator = SEPARATOR_LINE.match(text)
    if separator:
        text = text[separator.end() :]
    first_line = text.strip().partition("\n")[0]
    delimiter = separator["delimiter"] if separator else max(DELIMITERS, key=first_line.count)
    try:
        # An error tells of quotes that are left open, where the rest would be one cell.
        rows = list(csv.reader(StringIO(text, newline=""), delimiter=delimiter, strict=True))
    except csv.Error:
        rows = [line.replace('"', "").split(delimiter) for line in text.splitlines()]
    return [row for row in rows if any(cell.strip() for cell in row)]


def _heading(row: Sequence[str]) -> int | None:
    """The place of the heading of the names in a row of headings."""
    headings = {*map(name_heading, Language), *HEADINGS}
    keys = set(map(normalise, headings))
    return next((place for place, cell in enumerate(row) if normalise(cell) in keys), None)


def _defused(cell: str) -> str:
    return f"{TEXT_MARK}{cell}" if FORMULA.match(cell) else cell


def _armed(cell: str) -> str:
    """The cell as it was before it was defused."""
    return cell[1:] if cell.startswith(TEXT_MARK) and FORMULA.match(cell) else cell
