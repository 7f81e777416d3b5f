"""Tells names that stand side by side from one name of several words."""

from collections.abc import Sequence

from bot.understanding.deciding.items.item import Item
from bot.understanding.deciding.items.typed_names import typed_name
from bot.understanding.meaning import Thing


def joined_in_doubt(items: Sequence[Item]) -> list[Item]:
    """The items; names joined by "and" are one that is not known unless each of them is known.

    A conjunction may be a part of a name: salt and vinegar crisps.
    """
    groups: list[list[Item]] = []
    for item in items:
        if (item.follows_and or item.follows_directly) and groups:
            groups[-1].append(item)
        else:
            groups.append([item])
    for group in groups:
        is_joined = any(item.follows_and for item in group)
        is_plain = all(item.is_known and not item.follows_directly for item in group)
        if is_joined and not is_plain:
            for item in group[1:]:
                item.follows_directly = True
    return list(items)


def in_rows(items: Sequence[Item], text: str) -> list[Thing]:
    """The things, where names with nothing between them are one that is not known: milk eggs."""
    things: list[Thing] = []
    row: list[Item] = []
    for item in [*items, None]:
        if item is not None and item.follows_directly and row:
            row.append(item)
            continue
        if len(row) == 1:
            things.append(row[0].as_thing())
        elif row:
            things.append(_row_as_thing(row, text))
        row = [item] if item is not None else []
    return things


def _row_as_thing(row: Sequence[Item], text: str) -> Thing:
    whole = Item(
        typed_name(text[row[0].start : row[-1].end]),
        is_known=False,
        start=row[0].start,
        end=row[-1].end,
        part=row[0].part,
        amounts=[*row[0].amounts, *row[-1].amounts],
        notes=row[0].notes,
        day=row[-1].day,
        place=row[-1].place,
    ).as_thing()
    several = [item.name for item in row if item.is_known]
    return Thing(whole.name, is_known=False, lot=whole.lot, several=several)
