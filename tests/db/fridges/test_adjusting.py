"""Changing one opened lot: more, less, half, a date, a place, all of it; and the undo of each."""

from datetime import datetime
from decimal import Decimal
from typing import Final

import pytest

from db.fridges.repository import FridgeRepository
from fridge.items import Item, ItemKey, ItemReference, NewItem
from fridge.lots import (
    BARE,
    Adjustment,
    All,
    Amount,
    First,
    Half,
    Into,
    Lot,
    More,
    Place,
    Unit,
    Until,
)
from fridge.outcomes import Adjusted
from fridge.request_keys import RequestKind
from tests.conftest import Clock
from tests.db.conftest import CHAT
from tests.db.requests import sent

EGG: Final = ItemKey(2)
EGGS: Final = ItemReference(2)


def eggs(number: str | int, unit: Unit = Unit.PIECE) -> Lot:
    return Lot(Amount(Decimal(number), unit))


def more(number: str | int, unit: Unit = Unit.PIECE) -> More:
    return More(Decimal(number), unit)


class House:
    """A fridge whose eggs are changed, a minute apart."""

    def __init__(self, fridges: FridgeRepository, clock: Clock) -> None:
        self.fridges = fridges
        self.clock = clock
        self.key = sent(CHAT)

    async def put(self, *lots: Lot) -> None:
        for lot in lots:
            self.clock.advance(minutes=1)
            await self.fridges.add(sent(CHAT), [NewItem(EGG, lot=lot)], self.clock.now)

    async def adjust(
        self,
        adjustment: Adjustment,
        added_at: datetime | None = None,
        reference: ItemReference = EGGS,
    ) -> Adjusted:
        """Change a lot; a second delivery of the request has the same outcome."""
        self.clock.advance(minutes=1)
        self.key = sent(CHAT)
        done = await self.fridges.adjust(self.key, reference, adjustment, self.clock.now, added_at)
        assert done.fridge == await self.fridges.list(CHAT, self.clock.now)
        again = await self.fridges.adjust(self.key, reference, adjustment, self.clock.now, added_at)
        assert again == done
        return done

    async def undo(self) -> bool:
        undone = await self.fridges.undo(
            sent(CHAT), self.key.to(RequestKind.ADJUST), self.clock.now
        )
        assert undone.fridge == await self.fridges.list(CHAT, self.clock.now)
        return not undone.is_declined

    async def items(self) -> list[Item]:
        return list((await self.fridges.list(CHAT, self.clock.now)).items)

    async def lots(self) -> list[Lot]:
        return [item.lot for item in await self.items()]


@pytest.fixture
def house(fridges: FridgeRepository, clock: Clock) -> House:
    return House(fridges, clock)


CHANGED: Final[dict[str, tuple[Lot, Adjustment, Lot | None]]] = {
    "one less": (eggs(10), more(-1), eggs(9)),
    "one more": (eggs(10), more(1), eggs(11)),
    "grams less": (eggs(500, Unit.GRAM), more(-100, Unit.GRAM), eggs(400, Unit.GRAM)),
    "the last one": (eggs(1), more(-1), None),
    "less than one": (eggs("0.5"), more(-1), None),
    "half": (eggs(5), Half(Decimal(5)), eggs("2.5")),
    "the first amount": (BARE, First(Amount(Decimal(3))), eggs(3)),
    "all of it": (eggs(10), All(), None),
    "all of what has no amount": (BARE, All(), None),
}


@pytest.mark.parametrize("case", CHANGED)
async def test_a_change_is_made_and_undone(house: House, case: str) -> None:
    before, adjustment, after = CHANGED[case]
    await house.put(before)
    items = await house.items()

    done = await house.adjust(adjustment, items[0].added_at)

    assert await house.lots() == ([after] if after else [])
    if after:
        assert done.lot is not None
        assert (done.lot.before, done.lot.after) == (before, after)
    else:
        assert done.taken_out == NewItem(EGG, lot=before)
    assert await house.undo()
    assert await house.items() == items


REFUSED: Final[dict[str, tuple[Lot, Adjustment]]] = {
    "less of another unit": (eggs(500, Unit.GRAM), more(-1)),
    "less of what has no amount": (BARE, more(-1)),
    "more than an amount can be": (eggs(100_000), more(1)),
    "half of another amount": (eggs(4), Half(Decimal(10))),
    "half of what has no amount": (BARE, Half(Decimal(10))),
    "a first amount of what has one": (eggs(4), First(Amount(Decimal(3)))),
}


@pytest.mark.parametrize("case", REFUSED)
async def test_a_lot_that_is_not_as_it_was_seen_does_not_change(house: House, case: str) -> None:
    before, adjustment = REFUSED[case]
    await house.put(before)
    items = await house.items()

    done = await house.adjust(adjustment)

    assert (done.lot, done.taken_out) == (None, None)
    assert await house.items() == items
    assert not await house.undo()


@pytest.mark.parametrize("adjustment", [more(-1), All(), Until(None), Into(Place.FREEZER)])
async def test_a_later_lot_in_the_place_of_the_seen_one_does_not_change(
    house: House, adjustment: Adjustment
) -> None:
    await house.put(eggs(10))
    [seen] = await house.items()
    await house.adjust(All())
    await house.put(eggs(6))

    done = await house.adjust(adjustment, seen.added_at)

    assert (done.lot, done.taken_out) == (None, None)
    assert await house.lots() == [eggs(6)]


async def test_the_time_of_freezing_and_of_thawing_is_kept_and_undone(house: House) -> None:
    await house.put(eggs(10))

    await house.adjust(Into(Place.FREEZER))
    [frozen] = await house.items()
    assert frozen.moved_at == house.clock.now
    await house.adjust(Into(Place.FREEZER))
    assert await house.items() == [frozen]
    await house.adjust(more(-1))
    [less] = await house.items()
    assert less.moved_at == frozen.moved_at
    await house.undo()

    await house.adjust(Into(Place.FRIDGE))
    [thawed] = await house.items()
    assert thawed.moved_at == house.clock.now != frozen.moved_at
    await house.undo()
    assert await house.items() == [frozen]


async def test_what_is_usually_in_the_freezer_is_thawed_by_a_move(house: House) -> None:
    await house.put(eggs(10))

    await house.adjust(Into(Place.PANTRY, usual=Place.FRIDGE))
    [moved] = await house.items()
    assert moved.moved_at is None
    await house.undo()
    await house.adjust(Into(Place.FRIDGE, usual=Place.FREEZER))
    [thawed] = await house.items()
    assert thawed.moved_at == house.clock.now


async def test_a_sentence_that_freezes_or_thaws_keeps_the_time(house: House) -> None:
    await house.put(BARE)

    await house.put(Lot(place=Place.FREEZER))
    [frozen] = await house.items()
    assert frozen.moved_at == house.clock.now
    await house.put(Lot(place=Place.PANTRY))
    [thawed] = await house.items()

    assert (thawed.lot.place, thawed.moved_at) == (Place.PANTRY, house.clock.now)
