"""Writes things in such a way that the engine reads the same from the text."""

from typing import Final

from bot.understanding.names import Name
from fridge.lots import Amount, Lot, Place, Unit

SIX_DIGITS: Final = 100_000

PLACES: Final = {Place.FRIDGE: "chilled", Place.FREEZER: "freezer", Place.PANTRY: "pantry"}
"""The words of the places; "fridge" says no place in particular."""


def written(name: Name, lot: Lot, spelling: str = "") -> str:
    """Return a thing as an entry of a list, such as `milk 2 bottle exp 2026-12-24 freezer`.

    Args:
        name: of the thing.
        lot: what is known of it.
        spelling: another name of the same ingredient, if given.
    """
    parts = [lot.note, spelling or name.typed]
    if lot.amount:
        parts.append(_amount(lot.amount))
    if lot.best_before:
        parts.append(f"exp {lot.best_before.isoformat()}")
    if lot.place:
        parts.append(PLACES[lot.place])
    return " ".join(filter(None, parts))


def _amount(amount: Amount) -> str:
    """Return an amount; `6 pack` would be six pieces, and six digits would be a code."""
    unit = "packs" if amount.unit is Unit.PACK and amount.number != 1 else str(amount.unit)
    return f"{amount.number:,} {unit}" if amount.number >= SIX_DIGITS else f"{amount.number} {unit}"
