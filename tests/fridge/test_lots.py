from decimal import Decimal

import pytest

from fridge.items import ItemKey, ItemReference
from fridge.lots import BARE, Amount, Lot, Place, Unit, UnitFamily


@pytest.mark.parametrize("number", ["0.001", "0.5", "8", "99999.999", "100000"])
def test_an_amount_is_what_was_said(number: str) -> None:
    amount = Amount(Decimal(number))

    assert (amount.number, amount.unit) == (Decimal(number), Unit.PIECE)


@pytest.mark.parametrize(
    ("number", "shown"), [("500.000", "500"), ("1E+2", "100"), ("2.50", "2.5")]
)
def test_an_amount_has_no_zeros_that_say_nothing(number: str, shown: str) -> None:
    assert str(Amount(Decimal(number), Unit.GRAM).number) == shown


@pytest.mark.parametrize(
    "number", ["0", "-1", "100000.001", "0.0001", "1E-30", "NaN", "Infinity", "-Infinity"]
)
def test_what_no_amount_can_be_is_refused(number: str) -> None:
    with pytest.raises(ValueError, match="An amount"):
        Amount(Decimal(number))


def test_mass_and_volume_have_one_unit_each_and_the_others_are_pieces_or_containers() -> None:
    families = {unit: unit.family for unit in Unit if unit.family is not UnitFamily.CONTAINERS}

    assert families == {
        Unit.PIECE: UnitFamily.PIECES,
        Unit.GRAM: UnitFamily.MASS,
        Unit.MILLILITRE: UnitFamily.VOLUME,
    }


@pytest.mark.parametrize(
    "lot",
    [
        Lot(Amount(Decimal(1))),
        Lot(place=Place.FRIDGE),
        Lot(note="organic"),
    ],
)
def test_a_lot_of_which_something_is_known_is_not_bare(lot: Lot) -> None:
    assert not lot.is_bare
    assert BARE.is_bare


def test_a_reference_tells_the_lots_of_a_name_apart() -> None:
    milk, sauce = ItemKey(17), ItemKey(0, "oma's sauce")

    assert milk.reference == ItemReference(17)
    assert milk.reference_to(2) == ItemReference(17, "", 2)
    assert sauce.reference_to(2) == sauce.reference._replace(number=2)
