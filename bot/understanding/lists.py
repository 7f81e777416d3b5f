"""Reads lists: things with their amounts, one after the other. No text makes it fail."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from bot.understanding.meaning import Act, Parse, Thing
from bot.understanding.names import MAX_NAME_LENGTH, Name, names_between_separators, whole_name
from bot.understanding.slices import Steps
from fridge.catalogue.catalogue import Catalogue
from fridge.lots import BARE, Lot

ANY_FOOD: Final = "milk"
SIZE: Final = re.compile(r"\d+(?:[.,]\d+)?\s?(?:kg|g|ml|l|L|cl|oz|lb)\b")

COMMA: Final = re.compile(r"[,，、﹐︐](?!\d)")
"""Where a line is cut that is too long to be read whole; not within a number."""


FEWEST_PARTS: Final = 12
LONGEST_PART: Final = 40
SEPARATORS: Final = re.compile(r"[,，、;\n]")


def looks_like_list(text: str) -> bool:
    """Tell whether a text has many short parts between separators, and no end of a sentence."""
    parts = [part for part in SEPARATORS.split(text) if part.strip()]
    return len(parts) >= FEWEST_PARTS and all(
        len(part) <= LONGEST_PART and part.strip()[-1] not in "?!" for part in parts
    )


@dataclass(frozen=True, slots=True)
class Entry:
    """A row of a table: a name that stands alone, and what else the row says.

    `is_whole`: the name is all that there is to read; otherwise it may have an amount in it.
    `said` has what a table of people or of other programs says by the names of the fields: an
    amount, a unit, a date, a place, a note, each still to be read.
    """

    name: str
    lot: Lot = BARE
    is_whole: bool = False
    said: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True, slots=True)
class Listed:
    """The things in a list: those that a fridge takes, and the names that are too long.

    `one_too_many` is the name of the first thing above the limit, or empty. The rest is not read.
    """

    things: Sequence[Thing]
    too_long: Sequence[str] = ()
    one_too_many: str = ""


def reading_things(
    entries: Iterable[str | Entry], read: Callable[[str], Parse], catalogue: Catalogue, most: int
) -> Steps[Listed]:
    """Read the things of a list line by line, each once, in their order.

    A line that is no list of things, such as a sentence, is taken for names with commas between.

    Args:
        entries: texts of any length, or things of a table; read one after the other.
        read: returns what a line means, as the argument of `/add`.
        catalogue: knows the ingredients.
        most: how many things to return at most.
    """
    things: dict[object, Thing] = {}
    too_long: list[str] = []
    for line in _lines(entries):
        yield
        for thing in _of_entry(line, read, catalogue):
            kind = (thing.name.key, thing.lot)
            if thing.name.is_too_long:
                too_long.append(thing.name.typed)
            elif kind in things:
                continue
            elif len(things) == most:
                return Listed(list(things.values()), too_long, thing.name.typed)
            else:
                things[kind] = thing
    return Listed(list(things.values()), too_long)


def parts_of(text: str) -> Sequence[str]:
    """Return what stands between the commas and line ends of a text."""
    return [part for line in text.splitlines() for part in COMMA.split(line) if part.strip()]


def as_typed(
    parts: Sequence[str], read: Callable[[str], Parse], catalogue: Catalogue, act: Act = Act.PUT
) -> Sequence[Thing]:
    """Return the things in parts of a text; a part that is no list is one name.

    Args:
        parts: of a text that has nothing but things, whatever they are called.
        read: returns what a part means, as the argument of a command.
        catalogue: knows the ingredients.
        act: of that command.
    """
    things: list[Thing] = []
    for part in parts:
        found = read(part)
        if all(deed.act is act for deed in found.deeds):
            things += [thing for deed in found.deeds for thing in deed.things]
        elif name := whole_name(part, catalogue):
            things.append(Thing(name, is_known=bool(name.ingredient)))
    return things


def _lines(entries: Iterable[str | Entry]) -> Iterator[str | Entry]:
    for entry in entries:
        if isinstance(entry, str):
            yield from entry.splitlines()
        else:
            yield entry


def _of_entry(
    entry: str | Entry, read: Callable[[str], Parse], catalogue: Catalogue
) -> Sequence[Thing]:
    if isinstance(entry, str):
        return _of_line(entry, read, catalogue)
    if entry.said:
        return _of_cells(entry, read, catalogue)
    name = whole_name(entry.name, catalogue)
    if name is None:
        return ()
    if name.ingredient is None and entry.lot.is_bare and not entry.is_whole:
        return _of_line(entry.name, read, catalogue)
    return [Thing(name, is_known=bool(name.ingredient), lot=entry.lot)]


def _of_cells(entry: Entry, read: Callable[[str], Parse], catalogue: Catalogue) -> Sequence[Thing]:
    """The thing of a row: its name as a whole, with what the other cells say of it."""
    name = whole_name(entry.name, catalogue)
    if name is None:
        return ()
    thing = Thing(name, is_known=bool(name.ingredient))
    if name.ingredient is None and len(alone := _of_line(entry.name, read, catalogue)) == 1:
        thing = alone[0] if alone[0].is_known else thing
    said, lot = entry.said, thing.lot
    amount = _lot_of(f"{said.get('amount', '')} {said.get('unit', '')}", name, read).amount
    if amount is None and said.get("amount"):
        amount = _lot_of(said["amount"], name, read).amount
    size = lot.note if amount is None else " ".join(filter(None, (lot.note, _size_in(entry.name))))
    due = (
        _lot_of(f"exp {said['best_before']}", name, read).best_before
        if "best_before" in said
        else None
    )
    note = " ".join(filter(None, (size if lot.amount else lot.note, said.get("note", ""))))
    return [
        replace(
            thing,
            lot=Lot(
                amount or lot.amount,
                due or lot.best_before,
                _lot_of(said.get("place", ""), name, read).place or lot.place,
                note[:MAX_NAME_LENGTH].strip(),
            ),
        )
    ]


def _size_in(name: str) -> str:
    found = SIZE.search(name)
    return found[0] if found else ""


def _lot_of(said: str, name: Name, read: Callable[[str], Parse]) -> Lot:
    """What a cell says, read as if it stood behind the name, or behind that of another food."""
    if not said.strip():
        return BARE
    typed = name.typed if name.ingredient else ANY_FOOD
    found = read(f"{typed} {said.strip()}")
    things = [thing for deed in found.deeds for thing in deed.things]
    return things[0].lot if len(things) == 1 and things[0].is_known else BARE


def _of_line(line: str, read: Callable[[str], Parse], catalogue: Catalogue) -> Sequence[Thing]:
    if not line.strip():
        return ()
    found = read(line)
    if not found.unread and all(deed.act is Act.PUT for deed in found.deeds):
        return [thing for deed in found.deeds for thing in deed.things]
    parts = COMMA.split(line)
    if found.unread and len(parts) > 1:
        return [thing for part in parts for thing in _of_line(part, read, catalogue)]
    names = names_between_separators(line, catalogue)
    return [Thing(name, is_known=bool(name.ingredient)) for name in names]
