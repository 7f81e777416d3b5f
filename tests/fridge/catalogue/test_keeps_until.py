"""How long a lot keeps is estimated from its ingredient, its place, and when it was moved."""

from datetime import date, timedelta

import pytest

from fridge.catalogue.keeping import Keeping, keeps_until
from fridge.lots import Place

ADDED = date(2026, 3, 1)
MOVED = date(2026, 3, 5)
BACON = Keeping(Place.FRIDGE, fridge=7, freezer=30)
RICE = Keeping(Place.PANTRY, fridge=180, pantry=180)
DUMPLINGS = Keeping(Place.FREEZER, fridge=3, freezer=60)


@pytest.mark.parametrize(
    ("keeping", "place", "moved", "days"),
    [
        (BACON, None, None, 7),
        (BACON, Place.FRIDGE, None, 7),
        (BACON, Place.FREEZER, None, 30),
        (BACON, Place.PANTRY, None, None),
        (RICE, None, None, None),
        (DUMPLINGS, None, None, 60),
        (DUMPLINGS, Place.FRIDGE, None, 3),
        (None, None, None, None),
        (None, Place.FREEZER, None, None),
    ],
)
def test_what_was_not_moved_keeps_from_the_day_on_which_it_was_put_in(
    keeping: Keeping | None, place: Place | None, moved: date | None, days: int | None
) -> None:
    expected = None if days is None else ADDED + timedelta(days)

    assert keeps_until(keeping, place, ADDED, moved) == expected


def test_the_time_of_the_freezer_begins_with_freezing() -> None:
    assert keeps_until(BACON, Place.FREEZER, ADDED, MOVED) == MOVED + timedelta(30)


@pytest.mark.parametrize("keeping", [BACON, DUMPLINGS, None])
@pytest.mark.parametrize("place", [Place.FRIDGE, Place.PANTRY])
def test_what_was_thawed_keeps_two_days(keeping: Keeping | None, place: Place) -> None:
    assert keeps_until(keeping, place, ADDED, MOVED) == MOVED + timedelta(2)


def test_what_keeps_over_sixty_days_has_no_estimate() -> None:
    assert keeps_until(Keeping(Place.FRIDGE, fridge=60), None, ADDED, None) is not None
    assert keeps_until(Keeping(Place.FRIDGE, fridge=61), None, ADDED, None) is None
