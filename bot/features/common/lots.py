"""Amounts, dates and places in messages."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
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

LARGER: Final[Mapping[Unit, str]] = {Unit.GRAM: "kg", Unit.MILLILITRE: "L"}
"""The units in which amounts from a thousand on are written."""


def amount_text(amount: Amount, language: Language) -> str:
    """Return an amount as people write it, such as `1.5kg`, `×10` or `2 bottles`."""
    number, unit = amount.number, amount.unit
    if larger := LARGER.get(unit):
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


def lot_text(lot: Lot, today: date, language: Language) -> str:
    """Return what is known of a lot besides its name and note, as plain text; empty for nothing."""
    parts = [amount_text(lot.amount, language)] if lot.amount else []
    if lot.best_before:
        until = language.gettext("until {date}")
        parts.append(until.format(date=date_text(lot.best_before, today, language)))
    if lot.place:
        parts.append(place_text(lot.place, language))
    return " · ".join(parts)


def lot_html(name: str, lot: Lot, today: date, language: Language) -> str:
    """Return a name, which is HTML, with what is known of a lot."""
    if lot.is_bare:
        return name
    noted = f"{name} ({typed_html(lot.note)})" if lot.note else name
    details = lot_text(lot, today, language)
    return f"{noted} {details}" if details else noted


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
    before, after = (lot_text(lot, today, language) for lot in (one.before, one.after))
    was = lot_html(name, one.before, today, language)
    return f"{was} → {after or name}" if before else lot_html(name, one.after, today, language)


def _number(number: Decimal) -> str:
    return f"{number.normalize():f}"


def _counted(number: Decimal, unit: Unit, language: Language) -> str:  # noqa: PLR0911, PLR0912, C901 (a line a unit)
    """Return the words for a number of a unit, where `{number}` stands for the number."""
    count = 1 if number <= 1 else 2

    def words(singular: str, plural: str) -> str:
        return language.ngettext(singular, plural, count)

    match unit:
        case Unit.PACK:
            return words("{number} pack", "{number} packs")
        case Unit.BOTTLE:
            return words("{number} bottle", "{number} bottles")
        case Unit.CAN:
            return words("{number} can", "{number} cans")
        case Unit.BOX:
            return words("{number} box", "{number} boxes")
        case Unit.CARTON:
            return words("{number} carton", "{number} cartons")
        case Unit.BAG:
            return words("{number} bag", "{number} bags")
        case Unit.JAR:
            return words("{number} jar", "{number} jars")
        case Unit.TUB:
            return words("{number} tub", "{number} tubs")
        case Unit.BUNCH:
            return words("{number} bunch", "{number} bunches")
        case Unit.LOAF:
            return words("{number} loaf", "{number} loaves")
        case Unit.SLICE:
            return words("{number} slice", "{number} slices")
        case Unit.CLOVE:
            return words("{number} clove", "{number} cloves")
        case Unit.HEAD:
            return words("{number} head", "{number} heads")
        case Unit.ROLL:
            return words("{number} roll", "{number} rolls")
        case Unit.SERVING:
            return words("{number} serving", "{number} servings")
        case Unit.BOWL:
            return words("{number} bowl", "{number} bowls")
        case Unit.GLASS:
            return words("{number} glass", "{number} glasses")
        case Unit.STICK:
            return words("{number} stick", "{number} sticks")
        case Unit.TRAY:
            return words("{number} tray", "{number} trays")
        case _:
            return language.gettext("×{number}")
