"""Makes one amount of what is said of an item, in the unit that is meant of this food."""

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Final

from bot.understanding.names import Name
from bot.understanding.reading.marks import Mark
from bot.understanding.reading.numbers_and_units import rounded
from fridge.lots import Amount, Unit, UnitFamily

EGGS_IN_A_TRAY: Final = Decimal(30)
GRAMS_IN_A_GEUN: Final = 400
GRAMS_IN_A_GEUN_OF_MEAT: Final = 600
COUNTED_WHOLE: Final = frozenset({"vegetables", "fruit", "mushrooms"})
SIZES: Final = frozenset({UnitFamily.MASS, UnitFamily.VOLUME})
PACKED: Final = frozenset({"구", "입", "개입", "n-pack"})


def is_other_size(one: Mark, other: Mark) -> bool:
    """Whether one of two amounts is the size of what the other counts: 1L 2개."""
    if one.amount is None or other.amount is None:
        return False
    if one.size_word in PACKED:
        return True
    return (one.amount.unit.family in SIZES) != (other.amount.unit.family in SIZES)


def one_amount(marks: Sequence[Mark], name: Name) -> tuple[Amount | None, str]:
    """One amount of several, and the size that is a note of them."""
    amounts = [(fitting(mark.amount, mark.size_word, name), mark) for mark in marks if mark.amount]
    if not amounts:
        return None, ""
    first, first_mark = amounts[0]
    for second, mark in amounts[1:]:
        is_size, is_second_size = first.unit.family in SIZES, second.unit.family in SIZES
        if is_size and not is_second_size:
            return second, _size(first_mark)
        if is_second_size and not is_size:
            return first, _size(mark)
        if first_mark.size_word in PACKED and mark.amount:
            return _times(first, mark.amount.number), ""
    return first, ""


def _size(mark: Mark) -> str:
    return mark.said.strip(" x×*").removesuffix("짜리")


def _times(one: Amount, times: Decimal) -> Amount:
    return rounded(one.number * times, Unit.PIECE) or one


def plus(amount: Amount, share: Fraction) -> Amount:
    """An amount and a part of one more: 하나 반."""
    number = amount.number + Decimal(share.numerator) / Decimal(share.denominator)
    return rounded(number, amount.unit) or amount


def fitting(amount: Amount, word: str, name: Name) -> Amount:
    """The amount in the unit that the word means of this food: a tray of eggs, 근 of meat."""
    ingredient = name.ingredient
    category = ingredient.category if ingredient else ""
    if word == "판":
        is_egg = ingredient is not None and category == "dairy_eggs" and "egg" in ingredient.en
        return _times(amount, EGGS_IN_A_TRAY) if is_egg else Amount(amount.number)
    if word == "근" and category == "meat":
        grams = amount.number / GRAMS_IN_A_GEUN * GRAMS_IN_A_GEUN_OF_MEAT
        return rounded(grams, Unit.GRAM) or amount
    if word in ("통", "자루") and category in COUNTED_WHOLE:
        return Amount(amount.number)
    if word == "쪽" and category == "fruit":
        return Amount(amount.number)
    if word == "쪽" and ingredient is not None and ingredient.en == "garlic":
        return Amount(amount.number, Unit.CLOVE)
    return amount
