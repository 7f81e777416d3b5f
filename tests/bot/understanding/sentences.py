"""Sentences of households with what each does, and whether a parse does that.

A line of a file is a sentence, a tab and its effects, separated by semicolons: an act, and the
things with what is said of them, such as `put milk 2 carton, egg 12 until +4`.

- `put`, `take`, `left`, `move`, `replace`, `shop` and `unshop` change something.
- `use`, `bad` and `ask` only ask or answer. `nothing` may be anything that changes nothing.
- A thing is a name of the catalogue, then an amount (`2`, `200g`, `2 pack`) or `half`, `until` with
  the days from today, `@` with a place, and `note` with a note.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Final

from bot.understanding.meaning import CHANGING, Act, Deed, Parse, Thing
from fridge.catalogue.catalogue import Catalogue
from fridge.lots import Place, Unit

TODAY: Final = date(2026, 12, 1)
FILES: Final = ("sentences-ko.tsv", "sentences-en.tsv")
ACTS: Final = {
    "put": Act.PUT,
    "take": Act.TAKE,
    "left": Act.LEFT,
    "move": Act.MOVE,
    "replace": Act.CORRECT,
    "shop": Act.SHOP,
    "unshop": Act.UNSHOP,
    "use": Act.USE,
    "bad": Act.BAD,
    "ask": Act.ASK,
}
AMOUNT: Final = re.compile(
    rf" (?P<number>\d+(?:\.\d+)?) ?(?P<unit>{'|'.join(sorted(Unit, key=len, reverse=True))})?\Z"
)


@dataclass(frozen=True, slots=True)
class Said:
    """What is said of a thing: the name as the catalogue's id or as typed, and its details."""

    name: int | str
    number: Decimal | None = None
    unit: Unit | None = None
    share: Fraction | None = None
    best_before: date | None = None
    place: Place | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Effect:
    """An act with its things; `instead_of` for a correction."""

    act: Act
    things: Sequence[Said] = ()
    instead_of: Sequence[Said] = ()


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence and its effects; `number` counts the sentences of a file from 0."""

    language: str
    number: int
    text: str
    effects: Sequence[Effect]


def sentences(catalogue: Catalogue) -> Iterator[Sentence]:
    """Yield the sentences of both languages."""
    for file in FILES:
        lines = Path(__file__).with_name(file).read_text(encoding="utf-8").splitlines()
        said = [line for line in lines if line and not line.startswith("#")]
        for number, line in enumerate(said):
            text, _, effects = line.partition("\t")
            language = file.removesuffix(".tsv").rpartition("-")[2]
            yield Sentence(language, number, text, _effects(effects, catalogue))


def effects_of(parse: Parse) -> list[Effect]:
    """Return what a parse does, or asks about; unknown names are only offered."""
    found: list[Effect] = []
    for deed in parse.deeds:
        if deed.act not in ACTS.values() or deed.everything or parse.is_receipt:
            continue
        things = [_said(thing) for thing in deed.things if _counts(thing, deed)]
        if things or deed.act not in CHANGING:
            instead_of = [_said(thing) for thing in deed.instead_of]
            found.append(Effect(deed.act, things, instead_of))
    return found


def verdict(expected: Sequence[Effect], found: Sequence[Effect]) -> str:
    """Return `right`, `cautious` (it only asks), or `harmful` (it changes something else)."""
    changes = [effect for effect in found if effect.act in CHANGING]
    wanted = [effect for effect in expected if effect.act in CHANGING]
    if changes != wanted:
        return "harmful" if changes else "cautious"
    soft = {effect.act for effect in expected if effect.act not in CHANGING}
    return "right" if soft <= {effect.act for effect in found} else "cautious"


def _counts(thing: Thing, deed: Deed) -> bool:
    return thing.is_known or (deed.is_order and deed.act is Act.PUT)


def _said(thing: Thing) -> Said:
    lot, name = thing.lot, thing.name
    return Said(
        name.ingredient.id if name.ingredient else name.typed,
        lot.amount.number if lot.amount else None,
        lot.amount.unit if lot.amount else None,
        thing.share,
        lot.best_before,
        lot.place,
        lot.note,
    )


def _effects(text: str, catalogue: Catalogue) -> list[Effect]:
    found: list[Effect] = []
    for part in text.split("; "):
        word, _, rest = part.strip().partition(" ")
        if word == "nothing":
            continue
        old, arrow, new = rest.partition("-> ")
        things = new if arrow else rest
        found.append(
            Effect(
                ACTS[word],
                _things(things, catalogue),
                _things(old, catalogue) if arrow else [],
            )
        )
    return found


def _things(text: str, catalogue: Catalogue) -> list[Said]:
    return [_thing(part.strip(), catalogue) for part in text.split(",") if part.strip()]


def _thing(text: str, catalogue: Catalogue) -> Said:
    text, _, note = text.partition(" note ")
    text, _, days = text.partition(" until +")
    text, _, place = text.partition(" @")
    share = Fraction(1, 2) if text.endswith(" half") else None
    text = text.removesuffix(" half")
    amount = AMOUNT.search(text)
    name = text[: amount.start()] if amount else text
    ingredient = catalogue.match(name)
    return Said(
        ingredient.id if ingredient else name,
        Decimal(amount["number"]) if amount else None,
        Unit(amount["unit"] or "piece") if amount else None,
        share,
        TODAY + timedelta(int(days)) if days else None,
        Place(place.strip()) if place else None,
        note,
    )
