"""How long an ingredient keeps, and where."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from fridge.lots import Place

LONGEST_ESTIMATE: Final = timedelta(days=60)
"""What keeps longer has no estimate: nobody needs to think of it."""

THAWED: Final = timedelta(days=2)
"""How long a lot keeps after it was thawed."""


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

    def days_in(self, place: Place) -> int | None:
        """Return how many days the ingredient keeps in a place."""
        if place is Place.FRIDGE:
            return self.fridge
        return self.freezer if place is Place.FREEZER else self.pantry


def usual_place_of(keeping: Keeping | None) -> Place:
    """Return where food is usually kept; None, for what the catalogue does not know, the fridge."""
    return keeping.place if keeping else Place.FRIDGE


def keeps_until(
    keeping: Keeping | None, place: Place | None, added_on: date, moved_on: date | None
) -> date | None:
    """Estimate the day until which a lot without a date keeps; None where no estimate is of use.

    Args:
        keeping: of the ingredient; None for a name that the catalogue does not know.
        place: where the lot is; None where nobody said so, so that it is in its usual place.
        added_on: the day on which the lot was put in.
        moved_on: the day on which the lot was last frozen or thawed, if it was.
    """
    place = place or usual_place_of(keeping)
    if moved_on and place is not Place.FREEZER:
        return moved_on + THAWED
    if keeping is None:
        return None
    days = keeping.days_in(place)
    if days is None or days > LONGEST_ESTIMATE.days:
        return None
    return (moved_on or added_on) + timedelta(days)
