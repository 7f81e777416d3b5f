"""The lots of which a fridge consists: how much, until when, where, and what else is known.

A lot is a name and, each optional, an amount, a date, a place and a note. Two lots of one name
differ in the unit, the date, the place or the note.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Final

MOST: Final = Decimal(100_000)
"""The largest number of an amount."""

DECIMALS: Final = 3
"""How many decimals the number of an amount has at most."""

_STEP: Final = Decimal(1).scaleb(-DECIMALS)


class UnitFamily(StrEnum):
    """The families of units.

    Only amounts of one unit add up: each container is a family for itself, and mass and volume have
    one unit each.
    """

    PIECES = "pieces"
    MASS = "mass"
    VOLUME = "volume"
    CONTAINERS = "containers"


class Unit(StrEnum):
    """The units of amounts, as they are stored and exported.

    Every mass is written in grams, every volume in millilitres. The others are containers or parts.
    """

    PIECE = "piece"
    GRAM = "g"
    MILLILITRE = "ml"
    PACK = "pack"
    BOTTLE = "bottle"
    CAN = "can"
    BOX = "box"
    CARTON = "carton"
    BAG = "bag"
    JAR = "jar"
    TUB = "tub"
    BUNCH = "bunch"
    LOAF = "loaf"
    SLICE = "slice"
    CLOVE = "clove"
    HEAD = "head"
    ROLL = "roll"
    SERVING = "serving"
    BOWL = "bowl"
    GLASS = "glass"
    STICK = "stick"
    TRAY = "tray"

    @property
    def family(self) -> UnitFamily:
        """The family of the unit."""
        return _FAMILIES.get(self, UnitFamily.CONTAINERS)


_FAMILIES: Final = {
    Unit.PIECE: UnitFamily.PIECES,
    Unit.GRAM: UnitFamily.MASS,
    Unit.MILLILITRE: UnitFamily.VOLUME,
}


class Place(StrEnum):
    """The places where a lot is kept, as they are stored and exported."""

    FRIDGE = "fridge"
    FREEZER = "freezer"
    PANTRY = "pantry"


@dataclass(frozen=True, slots=True)
class Amount:
    """A number of a unit. `unit` is PIECE for a bare number; `number` has no zeros at its end.

    Raises:
        ValueError: the number is not above 0 and at most `MOST`, or has over `DECIMALS` decimals.
    """

    number: Decimal
    unit: Unit = Unit.PIECE

    def __post_init__(self) -> None:
        if not (self.number.is_finite() and 0 < self.number <= MOST):
            raise ValueError(f"An amount is above 0 and at most {MOST}")
        if self.number != self.number.quantize(_STEP):
            raise ValueError(f"An amount has at most {DECIMALS} decimals")
        object.__setattr__(self, "number", _without_zeros(self.number))


def _without_zeros(number: Decimal) -> Decimal:
    """Return the number without zeros after the decimal point, and without an exponent."""
    whole = number.to_integral_value()
    return whole.quantize(Decimal(1)) if number == whole else number.normalize()


@dataclass(frozen=True, slots=True)
class Lot:
    """What is known of a lot besides its name. A bare lot has only its name.

    `best_before` is a date that a person typed, never an estimate. `place` is a place that a person
    said. `note` is a brand, a size or a state, as typed; empty for none.
    """

    amount: Amount | None = None
    best_before: date | None = None
    place: Place | None = None
    note: str = ""

    @property
    def is_bare(self) -> bool:
        """Tell whether nothing is known of the lot."""
        return self == BARE


BARE: Final = Lot()


@dataclass(frozen=True, slots=True)
class All:
    """Takes everything out."""


@dataclass(frozen=True, slots=True)
class Part:
    """Takes a part of a lot out: `taken` is above 0 and below 1, such as `Fraction(1, 2)`."""

    taken: Fraction


@dataclass(frozen=True, slots=True)
class Left:
    """Leaves this amount in a lot, whatever was known before."""

    amount: Amount


@dataclass(frozen=True, slots=True)
class More:
    """Adds a number of the unit to a lot, or takes it out: `number` is below 0.

    Only a lot with an amount of that unit changes.
    """

    number: Decimal
    unit: Unit


@dataclass(frozen=True, slots=True)
class First:
    """Gives a lot without an amount its first one."""

    amount: Amount


@dataclass(frozen=True, slots=True)
class Half:
    """Leaves half of a lot whose amount has the number that the person saw."""

    seen: Decimal


@dataclass(frozen=True, slots=True)
class Until:
    """Sets the date of a lot, or takes it away."""

    best_before: date | None


@dataclass(frozen=True, slots=True)
class Into:
    """Moves a lot to a place. A lot whose place nobody said was in its `usual` place."""

    place: Place
    usual: Place = Place.FRIDGE


Adjustment = More | First | Half | Until | Into | All
"""A change of one lot."""

Taking = All | Amount | Part | Left
"""How much to take out: all, an amount, a part, or all but an amount."""
