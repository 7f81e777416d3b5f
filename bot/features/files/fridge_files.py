"""Reads the names in a file: a table, a list, or the JSON of an export."""

import codecs
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Final, Self, TypeGuard

from pydantic import BaseModel, ValidationError, field_serializer
from pydantic_core import from_json

from bot.features.common import encodings
from bot.features.files.spreadsheet import looks_like_table, rows_in_table
from bot.telegram.documents import Document, Problem, UnusableFile
from bot.understanding.deciding.receipts import looks_like_receipt
from bot.understanding.lists import Entry
from bot.understanding.names import MAX_NAME_LENGTH
from bot.understanding.reading.tokens import plain
from fridge.lots import Amount, Lot, Place, Unit

TABLE_TYPES: Final = ("text/csv", "text/tab-separated-values")
TABLE_NAMES: Final = (".csv", ".tsv")
JSON_TYPE: Final = "application/json"
JSON_NAME: Final = ".json"
LIST_TYPES: Final = frozenset({*TABLE_TYPES, "text/plain", JSON_TYPE})
LIST_NAMES: Final = (*TABLE_NAMES, ".txt", JSON_NAME)
"""The endings of names; files with other names and types are not fetched."""

MARKED_ENCODINGS: Final = {
    codecs.BOM_UTF8: encodings.UTF_8_WITH_MARK,
    codecs.BOM_UTF16_LE: encodings.UTF_16_WITH_MARK,
    codecs.BOM_UTF16_BE: encodings.UTF_16_WITH_MARK,
}
"""The encodings of texts that begin with these marks."""

# Some Western text decodes to rare Korean syllables; every Korean text has a usual one.
USUAL_SYLLABLE: Final = re.compile(b"[\xb0-\xc8][\xa1-\xfe]")

# No text has these. \x1a is allowed: some editors end a text with it.
CONTROLS: Final = re.compile("[\x00-\x08\x0e-\x19\x1b-\x1f]")


THOUSANDTH: Final = Decimal("0.001")


class ExportedItem(BaseModel):
    """An item in the JSON of an export; in a file of another program the name is enough."""

    name: str
    amount: Decimal | None = None
    unit: str | None = None
    best_before: date | None = None
    place: str | None = None
    note: str | None = None
    added_at: datetime | None = None
    category: str | None = None

    @field_serializer("amount", when_used="json-unless-none")
    def _as_number(self, amount: Decimal) -> int | float:
        """Write an amount as a JSON number; it has so few digits that a float keeps them."""
        return int(amount) if amount == amount.to_integral_value() else float(amount)

    @classmethod
    def of(cls, name: str, lot: Lot) -> Self:
        """Return the record of a lot."""
        return cls(
            name=name,
            amount=lot.amount.number if lot.amount else None,
            unit=lot.amount.unit if lot.amount else None,
            best_before=lot.best_before,
            place=lot.place,
            note=lot.note or None,
        )

    @property
    def entry(self) -> Entry:
        """The name, and all fields that the bot knows."""
        places, units = set(Place), set(Unit)
        unit = Unit(self.unit) if self.unit in units else Unit.PIECE
        return Entry(
            self.name,
            Lot(
                amount=_amount(self.amount, unit),
                best_before=self.best_before,
                place=Place(self.place) if self.place in places else None,
                note=(self.note or "")[:MAX_NAME_LENGTH],
            ),
        )


UNITS: Final = frozenset(Unit)
PLACES: Final = frozenset(Place)

NEVER: Final = "2999"
"""Grocy writes a date of this year for what keeps for ever."""


class Named(BaseModel):
    """A product, a unit or a place in an answer of Grocy's API."""

    name: str | None = None


class Stocked(BaseModel):
    """A product in stock, as Grocy's API tells of it; of other programs' items, the name."""

    name: str | None = None
    product: Named | None = None
    amount: Decimal | None = None
    best_before_date: str | None = None
    quantity_unit_stock: Named | None = None
    qu_unit_stock: Named | None = None
    location: Named | None = None


class ExportedFridge(BaseModel):
    """The JSON of an export."""

    items: list[ExportedItem]


def _amount(number: Decimal | None, unit: Unit) -> Amount | None:
    try:
        return None if number is None else Amount(number.quantize(THOUSANDTH), unit)
    except (ValueError, InvalidOperation):
        return None


def entries_in_file(content: bytes, document: Document) -> Iterator[str | Entry]:
    """Yield the texts of a file in which things are, and the rows of a table.

    Args:
        content: of the file.
        document: has the file's name and media type, which say how to read the content.

    Raises:
        UnusableFile: the content is no text, or is no JSON of an export.
    """
    text = _decoded(content)
    name = document.name.lower()
    if name.endswith(JSON_NAME) or document.mime_type == JSON_TYPE:
        return _exported(text)
    is_table = name.endswith(TABLE_NAMES) or document.mime_type in TABLE_TYPES
    if is_table or looks_like_table(text):
        return map(_entry, rows_in_table(text))
    return iter((text,))


def entries_in_text(text: str) -> Iterator[str | Entry]:
    """Yield the parts of a text that was pasted: the rows of a table, or the text as it is."""
    return map(_entry, rows_in_table(text)) if looks_like_table(text) else iter((text,))


def receipt_in_file(content: bytes, document: Document) -> str:
    """Return the text of a file that is a receipt; empty for another file.

    Raises:
        UnusableFile: the content is no text.
    """
    name = document.name.lower()
    if name.endswith((*TABLE_NAMES, JSON_NAME)) or document.mime_type in {*TABLE_TYPES, JSON_TYPE}:
        return ""
    text = plain(_decoded(content))
    return text if looks_like_receipt(text) and not looks_like_table(text) else ""


def _entry(row: str | Mapping[str, str]) -> str | Entry:
    """Return the entry of a row.

    What our own export writes is taken as it is; cells of other tables are read like texts.
    """
    if isinstance(row, str):
        return row
    is_exact = row.get("unit", Unit.PIECE) in UNITS and row.get("place", Place.FRIDGE) in PLACES
    if is_exact and row.keys() & {"amount", "best_before", "place", "note"}:
        with suppress(ValidationError):
            return ExportedItem.model_validate(row).entry
    return Entry(row["name"], said={field: row[field] for field in row if field != "name"})


def _exported(text: str) -> Iterator[Entry]:
    """Yield the things in the JSON of an export; each item is validated when its turn comes.

    KitchenOwl exports a household as an object whose `items` have names and categories. Grocy's
    `/api/stock` is an array of products with amounts and dates.
    """
    try:
        exported: object = from_json(text)
        if _is_fridge(exported):
            for item in exported["items"]:
                yield ExportedItem.model_validate(item).entry
        elif _is_array(exported):
            for item in exported:
                yield from _of_grocy(item)
        else:
            raise UnusableFile(Problem.UNREADABLE)
    except ValueError:
        raise UnusableFile(Problem.UNREADABLE) from None


def _of_grocy(item: object) -> Iterator[Entry]:
    """Yield the entry of a product in stock; nothing of what is not in stock.

    Amounts are counted in the product's own unit, which has a name only in some answers.
    """
    stocked = Stocked.model_validate({"name": item} if isinstance(item, str) else item)
    name = stocked.product.name if stocked.product else stocked.name
    if name is None or stocked.amount == 0:
        return
    due = stocked.best_before_date
    date_said = due if due and not due.startswith(NEVER) else ""
    unit = stocked.quantity_unit_stock or stocked.qu_unit_stock
    said = {
        "amount": str(stocked.amount) if stocked.amount is not None else "",
        "unit": unit.name or "" if unit else "",
        "best_before": date_said[: len("2026-12-24")],
        "place": stocked.location.name or "" if stocked.location else "",
    }
    yield Entry(name, said={field: value for field, value in said.items() if value})


def _is_array(exported: object) -> TypeGuard[Sequence[object]]:
    return isinstance(exported, list)


def _is_fridge(exported: object) -> TypeGuard[Mapping[str, Sequence[object]]]:
    match exported:
        case {"items": list()}:
            return True
        case _:
            return False


def _decoded(content: bytes) -> str:
    marked = [encoding for mark, encoding in MARKED_ENCODINGS.items() if content.startswith(mark)]
    of_country = [encodings.WESTERN, encodings.KOREAN]
    if USUAL_SYLLABLE.search(content):
        of_country.reverse()
    for encoding in marked or (encodings.UTF_8, *of_country):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if not CONTROLS.search(text):
            return text
    raise UnusableFile(Problem.UNREADABLE)
