"""Amounts, dates and places in messages."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Final

from babel.dates import format_skeleton

from bot.features.common.names import comma_list, new_item_html, typed_html
from bot.locale.language import Language
from fridge.catalogue.catalogue import Catalogue
from fridge.items import NewItem
from fridge.lots import Amount, Lot, Place, Unit
from fridge.outcomes import ChangedLot

LONGEST_LIST: Final = 1500
"""How many UTF-16 code units a list of lots has at most."""

THOUSAND: Final = Decimal(1000)

WHOLE_FROM: Final = Decimal(10)
"""Grams and millilitres from here on are shown without decimals, such as 907 g for 2 lb."""

REMEMBERED: Final = 256
"""How many texts of estimates are remembered: there are some sixty days in each language."""

LARGER: Final[Mapping[Unit, str]] = {Unit.GRAM: "kg", Unit.MILLILITRE: "L"}
"""The units in which amounts from a thousand on are written."""


def amount_text(amount: Amount, language: Language) -> str:
    """Return an amount as people write it, such as `1.5kg`, `×10` or `2 bottles`."""
    number, unit = amount.number, amount.unit
    if larger := LARGER.get(unit):
        if number >= WHOLE_FROM:
            number = number.quantize(Decimal(1))
        if number >= THOUSAND:
            return f"{_number(number / THOUSAND)}{larger}"
        return f"{_number(number)}{unit}"
    return _counted(number, unit, language).format(number=_number(number))


def date_text(day: date, today: date, language: Language) -> str:
    """Return a date without the year, unless it is another year's than today's."""
    if language is Language.KOREAN:
        short = f"{day.month}/{day.day}"
        return short if day.year == today.year else f"{day.year}/{short}"
    skeleton = "MMMd" if day.year == today.year else "yMMMd"
    return format_skeleton(skeleton, day, locale="en_GB")


def place_text(place: Place, language: Language) -> str:
    """Return the name of a place."""
    return {
        Place.FRIDGE: language.gettext("fridge"),
        Place.FREEZER: language.gettext("freezer"),
        Place.PANTRY: language.gettext("pantry"),
    }[place]


def place_heading(place: Place, language: Language) -> str:
    """Return the name of a place as a heading."""
    return {
        Place.FRIDGE: language.gettext("Fridge"),
        Place.FREEZER: language.gettext("Freezer"),
        Place.PANTRY: language.gettext("Pantry"),
    }[place]


def until_text(day: date, today: date, language: Language) -> str:
    """Return the words for a date that a person typed."""
    return language.gettext("until {date}").format(date=date_text(day, today, language))


@lru_cache(REMEMBERED)
def estimate_text(day: date, language: Language) -> str:
    """Return the words for an estimate, which is never so far away that it needs a year."""
    return language.gettext("until ~{date}").format(date=date_text(day, day, language))


def lot_text(lot: Lot, today: date, language: Language, estimate: date | None = None) -> str:
    """Return what is known of a lot besides its name and note, as plain text; empty for nothing.

    Where the lot has no date, an estimate takes its place, if given.
    """
    parts = [amount_text(lot.amount, language)] if lot.amount else []
    if lot.best_before:
        parts.append(until_text(lot.best_before, today, language))
    elif estimate:
        parts.append(estimate_text(estimate, language))
    if lot.place:
        parts.append(place_text(lot.place, language))
    return " · ".join(parts)


def lot_html(
    name: str, lot: Lot, today: date, language: Language, estimate: date | None = None
) -> str:
    """Return a name, which is HTML, with what is known of a lot, or an estimate of its date."""
    noted = f"{name} ({typed_html(lot.note)})" if lot.note else name
    details = lot_text(lot, today, language, estimate)
    between = " " if lot.amount or lot.best_before or estimate else " · "
    return f"{noted}{between}{details}" if details else noted


def new_lot_html(item: NewItem, catalogue: Catalogue, today: date, language: Language) -> str:
    """Return HTML for a lot that was put in or taken out, with all that is known of it."""
    return lot_html(new_item_html(item, catalogue, language), item.lot, today, language)


def new_lot_list(
    items: Sequence[NewItem], catalogue: Catalogue, today: date, language: Language
) -> str:
    """Return lots as HTML, with commas between them; a long list is cut."""
    return comma_list(
        items, lambda item: new_lot_html(item, catalogue, today, language), LONGEST_LIST, language
    )


def change_html(one: ChangedLot, catalogue: Catalogue, today: date, language: Language) -> str:
    """Return HTML that says what a lot was, and what it is."""
    name = new_item_html(NewItem(one.key, one.name), catalogue, language)
    return changed_html(name, one.before, one.after, today, language)


def changed_html(name: str, before: Lot, after: Lot, today: date, language: Language) -> str:
    """Return a name, which is HTML, with what a lot was and, after an arrow, what is different.

    A lot of which only more is known than before is said as it is.
    """
    if is_only_known_better(before, after):
        return lot_html(name, after, today, language)
    was = lot_html(name, before, today, language)
    new = Lot(
        amount=after.amount if after.amount != before.amount else None,
        best_before=after.best_before if after.best_before != before.best_before else None,
        place=after.place if after.place != before.place else None,
    )
    shown = after if _known(before) - _known(after) else new
    return f"{was} → {lot_text(shown, today, language) or name}"


def is_only_known_better(before: Lot, after: Lot) -> bool:
    """Tell whether a lot is as it was in all that was known of it."""
    return all(
        old is None or old == new
        for old, new in (
            (before.amount, after.amount),
            (before.best_before, after.best_before),
            (before.place, after.place),
        )
    )


def _known(lot: Lot) -> set[str]:
    """Return the names of what is known of a lot."""
    fields = {"amount": lot.amount, "best_before": lot.best_before, "place": lot.place}
    return {field for field, value in fields.items() if value is not None}


def _number(number: Decimal) -> str:
    return f"{number.normalize():f}"


def _counted(number: Decimal, unit: Unit, language: Language) -> str:  # noqa: PLR0911, PLR0912, C901 (a line a unit)
    """Return the words for a number of a unit, where `{number}` stands for the number."""
    count = 1 if number <= 1 else 2

    match unit:
        case Unit.PACK:
            return language.ngettext("{number} pack", "{number} packs", count)
        case Unit.BOTTLE:
            return language.ngettext("{number} bottle", "{number} bottles", count)
        case Unit.CAN:
            return language.ngettext("{number} can", "{number} cans", count)
        case Unit.BOX:
            return language.ngettext("{number} box", "{number} boxes", count)
        case Unit.CARTON:
            return language.ngettext("{number} carton", "{number} cartons", count)
        case Unit.BAG:
            return language.ngettext("{number} bag", "{number} bags", count)
        case Unit.JAR:
            return language.ngettext("{number} jar", "{number} jars", count)
        case Unit.TUB:
            return language.ngettext("{number} tub", "{number} tubs", count)
        case Unit.BUNCH:
            return language.ngettext("{number} bunch", "{number} bunches", count)
        case Unit.LOAF:
            return language.ngettext("{number} loaf", "{number} loaves", count)
        case Unit.SLICE:
            return language.ngettext("{number} slice", "{number} slices", count)
        case Unit.CLOVE:
            return language.ngettext("{number} clove", "{number} cloves", count)
        case Unit.HEAD:
            return language.ngettext("{number} head", "{number} heads", count)
        case Unit.ROLL:
            return language.ngettext("{number} roll", "{number} rolls", count)
        case Unit.SERVING:
            return language.ngettext("{number} serving", "{number} servings", count)
        case Unit.BOWL:
            return language.ngettext("{number} bowl", "{number} bowls", count)
        case Unit.GLASS:
            return language.ngettext("{number} glass", "{number} glasses", count)
        case Unit.STICK:
            return language.ngettext("{number} stick", "{number} sticks", count)
        case Unit.TRAY:
            return language.ngettext("{number} tray", "{number} trays", count)
        case _:
            return language.gettext("×{number}")
