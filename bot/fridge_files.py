"""Reads the names in a file: a table, a list, or what `/export` wrote."""

import codecs
import re
from datetime import datetime
from typing import Final

from pydantic import BaseModel, ValidationError

from bot.documents import Document, Problem, UnusableFile
from bot.spreadsheet import has_heading, names_in_table

CSV_TYPE: Final = "text/csv"
JSON_TYPE: Final = "application/json"

MARKED_ENCODINGS: Final = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
"""How a text is encoded that begins with the mark."""

# Korean spreadsheets still write the second.
ENCODINGS: Final = ("utf-8", "cp949")

# What is in no text. Some editors end one with \x1a.
CONTROLS: Final = re.compile("[\x00-\x08\x0e-\x19\x1b-\x1f]")


class ExportedItem(BaseModel):
    """An item as `/export` writes it for other programs; of another's file the name is enough."""

    name: str
    category: str = ""
    added_at: datetime | None = None


class ExportedFridge(BaseModel):
    """A fridge as `/export` writes it for other programs."""

    items: list[ExportedItem]


def names_in_file(content: bytes, document: Document) -> str:
    """The names in a file, on lines or with commas between them.

    Raises:
        UnusableFile: it is no text, or not of a form that is known.
    """
    text = _decoded(content)
    name = document.name.lower()
    if name.endswith(".json") or document.mime_type == JSON_TYPE:
        return "\n".join(item.name for item in _exported(text).items)
    if name.endswith(".csv") or document.mime_type == CSV_TYPE or has_heading(text):
        return names_in_table(text)
    return text


def _exported(text: str) -> ExportedFridge:
    try:
        return ExportedFridge.model_validate_json(text)
    except ValidationError:
        raise UnusableFile(Problem.UNREADABLE) from None


def _decoded(content: bytes) -> str:
    marked = [encoding for mark, encoding in MARKED_ENCODINGS.items() if content.startswith(mark)]
    for encoding in marked or ENCODINGS:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if not CONTROLS.search(text):
            return text
    raise UnusableFile(Problem.UNREADABLE)
