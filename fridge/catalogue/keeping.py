"""How long an ingredient keeps, and where."""

from dataclasses import dataclass

from fridge.lots import Place


@dataclass(frozen=True, slots=True)
class Keeping:
    """How many days an ingredient usually keeps in each place, and where it is usually kept.

    None: an ingredient is not kept in that place. `fridge/catalogue/ingredients.csv` names the
    sources of the numbers.
    """

    place: Place
    fridge: int | None = None
    freezer: int | None = None
    pantry: int | None = None
