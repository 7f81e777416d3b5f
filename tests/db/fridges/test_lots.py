"""Lots: adding up, taking out, setting, moving, and the undo of each."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Final

import pytest

from db.chats.forgetting import ForgettingRepository
from db.chats.migrated_groups import MigratedGroupRepository
from db.connection.database import Engine
from db.fridges.repository import FridgeRepository
from fridge.items import Item, ItemKey, ItemReference, NewItem, Share
from fridge.lifetime import Lifetime
from fridge.lots import BARE, MOST, All, Amount, Left, Lot, Part, Place, Taking, Unit
from fridge.outcomes import Added, ChangedLot, Outcome, Reduced, Reduction
from fridge.request_keys import RecordKey, RequestKey, RequestKind
from tests.conftest import Clock
from tests.db.conftest import CHAT
from tests.db.requests import sent
from tests.db.tables import Tables

SUPERGROUP: Final = -1_002_003_004_005
EGG, BEER, MILK = ItemKey(2), ItemKey(0, "beer"), ItemKey(1)
NAMES: Final = {EGG: "", BEER: "Beer", MILK: ""}
HALF: Final = Part(Fraction(1, 2))
FREEZER, PANTRY = Place.FREEZER, Place.PANTRY


def day(number: int) -> date:
    return datetime(2026, 12, number, tzinfo=UTC).date()


def amount(number: str | int, unit: Unit = Unit.PIECE) -> Amount:
    return Amount(Decimal(number), unit)


def lot(
    number: str | int | None = None,
    unit: Unit = Unit.PIECE,
    until: int | None = None,
    place: Place | None = None,
    note: str = "",
) -> Lot:
    return Lot(
        None if number is None else amount(number, unit),
        None if until is None else day(until),
        place,
        note,
    )


def item(key: ItemKey, of: Lot = BARE) -> NewItem:
    return NewItem(key, NAMES[key], of)


class House:
    """A fridge, and what people do to it, a minute apart."""

    def __init__(self, fridges: FridgeRepository, clock: Clock, chat: int = CHAT) -> None:
        self.fridges = fridges
        self.clock = clock
        self.chat = chat
        self.last = sent(chat)

    def next(self) -> RequestKey:
        self.clock.advance(minutes=1)
        self.last = sent(self.chat)
        return self.last

    async def add(self, *lots: Lot, key: ItemKey = EGG) -> Added:
        return await self.fridges.add(
            self.next(), [item(key, each) for each in lots], self.clock.now
        )

    async def reduce(self, *shares: Share | Taking) -> Reduced:
        """Take out what the shares say, of eggs where a share does not name what."""
        named = [one if isinstance(one, Share) else Share([EGG], one) for one in shares]
        return await self.fridges.reduce(self.next(), named, self.clock.now)

    async def undo(self, kind: RequestKind, key: RequestKey | None = None) -> bool:
        undone = RecordKey(key or self.last, kind)
        found = await self.fridges.undo(sent(self.chat), undone, self.clock.now)
        assert found.fridge == await self.fridges.list(self.chat, self.clock.now)
        return not found.is_declined

    async def items(self, key: ItemKey = EGG) -> Sequence[Item]:
        fridge = await self.fridges.list(self.chat, self.clock.now)
        return [found for found in reversed(fridge.items) if found.key == key]

    async def lots(self, key: ItemKey = EGG) -> Sequence[Lot]:
        """The lots of a name, the oldest first."""
        return [found.lot for found in await self.items(key)]


@pytest.fixture
def house(fridges: FridgeRepository, clock: Clock) -> House:
    return House(fridges, clock)


def changed(before: Lot, after: Lot, key: ItemKey = EGG) -> ChangedLot:
    return ChangedLot(key, NAMES[key], before, after)


async def test_every_field_of_a_lot_is_kept(house: House) -> None:
    whole = lot("0.125", Unit.MILLILITRE, 24, FREEZER, "풀무원")

    added = await house.add(whole, key=BEER)

    assert (added.outcomes, added.count) == ({BEER: Outcome.ADDED}, 1)
    [found] = await house.items(BEER)
    assert (found.lot, found.name, found.number) == (whole, "Beer", 1)


ADDED: Final[dict[str, tuple[Sequence[Lot], Lot, Sequence[Lot]]]] = {
    "equal lots add up": ([lot(10)], lot(5), [lot(15)]),
    "decimals add up exactly": ([lot("0.1")], lot("0.2"), [lot("0.3")]),
    "equal in all fields": (
        [lot(1, Unit.CAN, 5, FREEZER, "n")],
        lot(2, Unit.CAN, 5, FREEZER, "n"),
        [lot(3, Unit.CAN, 5, FREEZER, "n")],
    ),
    "another unit": (
        [lot(4, Unit.CAN)],
        lot(2, Unit.BOTTLE),
        [lot(4, Unit.CAN), lot(2, Unit.BOTTLE)],
    ),
    "another date": ([lot(4, until=5)], lot(2, until=6), [lot(4, until=5), lot(2, until=6)]),
    "no date": ([lot(4, until=5)], lot(2), [lot(4, until=5), lot(2)]),
    "another place": ([lot(4)], lot(2, place=FREEZER), [lot(4), lot(2, place=FREEZER)]),
    "another note": ([lot(1)], lot(1, note="풀무원"), [lot(1), lot(1, note="풀무원")]),
    "the first amount": ([BARE], lot(3, Unit.PACK), [lot(3, Unit.PACK)]),
    "the first amount of the lot of that date": (
        [lot(until=5), lot(4)],
        lot(3, until=5),
        [lot(3, until=5), lot(4)],
    ),
    "a sum beside an unknown amount": ([lot(until=5), lot(3)], lot(3), [lot(until=5), lot(6)]),
    "a bare name that is there": ([lot(2, until=5)], BARE, [lot(2, until=5)]),
    "a date without an amount": ([lot(2)], lot(until=6), [lot(2, until=6)]),
    "a date that is there": ([lot(2, until=6), lot(3)], lot(until=6), [lot(2, until=6), lot(3)]),
    "a date where each lot has one": ([lot(until=2)], lot(until=9), [lot(until=2), lot(until=9)]),
    "a place moves": (
        [lot(500, Unit.GRAM)],
        lot(place=FREEZER),
        [lot(500, Unit.GRAM, place=FREEZER)],
    ),
    "a place moves the lot due first": (
        [lot(3, until=8), lot(2, until=2)],
        lot(place=FREEZER),
        [lot(3, until=8), lot(2, until=2, place=FREEZER)],
    ),
    "a place moves the next lot": (
        [lot(until=2, place=FREEZER), lot(until=6)],
        lot(place=FREEZER),
        [lot(until=2, place=FREEZER), lot(until=6, place=FREEZER)],
    ),
    "a place where all are": ([lot(2, place=FREEZER)], lot(place=FREEZER), [lot(2, place=FREEZER)]),
    "a moved lot adds up": (
        [lot(2), lot(3, place=FREEZER)],
        lot(place=FREEZER),
        [lot(5, place=FREEZER)],
    ),
    "a date and a place": ([lot(2)], lot(until=6, place=FREEZER), [lot(2, until=6, place=FREEZER)]),
    "a note that is there": ([lot(2, note="n")], lot(note="n"), [lot(2, note="n")]),
    "a note that is not there": ([lot(2)], lot(note="n"), [lot(2), lot(note="n")]),
    "a date of a lot with a note": (
        [lot(2), lot(3, note="n")],
        lot(until=6, note="n"),
        [lot(2), lot(3, until=6, note="n")],
    ),
}


async def test_what_is_put_in_adds_up_sets_moves_or_is_a_lot_of_its_own(
    fridges: FridgeRepository, clock: Clock
) -> None:
    for chat, (name, (before, said, after)) in enumerate(ADDED.items(), start=1):
        house = House(fridges, clock, chat)
        for each in before:
            await house.add(each)
        items = await house.items()
        assert (name, [found.lot for found in items]) == (name, before)

        added = await house.add(said)
        key, now = house.last, clock.now

        is_change = after != before
        outcome = Outcome.ADDED if is_change else Outcome.ALREADY_THERE
        assert (name, added.outcomes, added.count) == (name, {EGG: outcome}, len(after))
        assert (name, await house.lots()) == (name, after)
        assert (name, await fridges.add(key, [item(EGG, said)], now)) == (name, added)
        assert (name, await house.undo(RequestKind.ADD)) == (name, is_change)
        assert (name, await house.items()) == (name, items)


async def test_the_answer_says_how_much_there_was_and_is(house: House) -> None:
    await house.add(lot(10), lot(6, until=2))

    added = await house.add(lot(5))

    assert added.changed == (changed(lot(10), lot(15)),)
    assert added.there == (item(EGG, lot(6, until=2)),)


async def test_several_lots_of_one_message_are_put_in_in_their_order(house: House) -> None:
    added = await house.add(lot(6), BARE, lot(6, until=2), lot(6), lot(2, Unit.TRAY))

    assert added.count == 4
    assert {(found.number, found.lot) for found in await house.items()} == {
        (1, lot(12)),
        (2, BARE),
        (3, lot(6, until=2)),
        (4, lot(2, Unit.TRAY)),
    }
    assert await house.undo(RequestKind.ADD)
    assert await house.lots() == []


async def test_two_lots_that_are_about_one_lot_do_not_both_change_it(house: House) -> None:
    await house.add(BARE)

    await house.add(lot(2, Unit.PACK), lot(500, Unit.MILLILITRE))

    assert await house.lots() == [lot(2, Unit.PACK), lot(500, Unit.MILLILITRE)]


async def test_no_amount_becomes_more_than_an_amount_can_be(house: House) -> None:
    await house.add(lot(99_999))

    added = await house.add(lot(2))

    assert added.outcomes == {EGG: Outcome.NO_ROOM}
    assert await house.lots() == [lot(99_999)]
    assert (await house.add(lot(1))).outcomes == {EGG: Outcome.ADDED}
    assert await house.lots() == [lot(int(MOST))]


async def test_a_full_fridge_still_takes_more_of_what_it_holds(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("db.fridges.repository.MAX_ITEMS", 1)
    await house.add(lot(10))

    added = await house.add(lot(5), lot(5, until=2))

    assert (added.outcomes, added.count) == ({EGG: Outcome.NO_ROOM}, 1)
    assert await house.lots() == [lot(15)]


TAKEN: Final[dict[str, tuple[Sequence[Lot], Taking, Reduction, Sequence[Lot]]]] = {
    "an amount": ([lot(10)], amount(2), Reduction.TAKEN, [lot(8)]),
    "a decimal": ([lot("2")], amount("0.5"), Reduction.TAKEN, [lot("1.5")]),
    "all there is": ([lot(10)], amount(10), Reduction.TAKEN, []),
    "more than there is": ([lot(10)], amount(12), Reduction.TAKEN, []),
    "of the lot due first": (
        [lot(12, until=10), lot(6, until=2)],
        amount(2),
        Reduction.TAKEN,
        [lot(12, until=10), lot(4, until=2)],
    ),
    "of the lot due first, and of the next": (
        [lot(4, until=2), lot(10, until=7), lot(3)],
        amount(6),
        Reduction.TAKEN,
        [lot(8, until=7), lot(3)],
    ),
    "of the oldest where none has a date": (
        [lot(4), lot(4, place=PANTRY)],
        amount(3),
        Reduction.TAKEN,
        [lot(1), lot(4, place=PANTRY)],
    ),
    "a bare count of containers": (
        [lot(6, Unit.CAN)],
        amount(1),
        Reduction.TAKEN,
        [lot(5, Unit.CAN)],
    ),
    "only of lots in that unit": (
        [lot(2, Unit.PACK, 2), lot(500, Unit.GRAM)],
        amount(200, Unit.GRAM),
        Reduction.TAKEN,
        [lot(2, Unit.PACK, 2), lot(300, Unit.GRAM)],
    ),
    "not of a mass": (
        [lot(500, Unit.GRAM)],
        amount(1),
        Reduction.OTHER_UNIT,
        [lot(500, Unit.GRAM)],
    ),
    "not of another container": (
        [lot(6, Unit.CAN)],
        amount(1, Unit.BOTTLE),
        Reduction.OTHER_UNIT,
        [lot(6, Unit.CAN)],
    ),
    "not of an unknown amount": ([BARE], amount(1), Reduction.UNKNOWN_AMOUNT, [BARE]),
    "not of nothing": ([], amount(1), Reduction.NOT_THERE, []),
    "half": ([lot(500, Unit.GRAM)], HALF, Reduction.TAKEN, [lot(250, Unit.GRAM)]),
    "a third, to three decimals": ([lot(1)], Part(Fraction(1, 3)), Reduction.TAKEN, [lot("0.667")]),
    "the last third of a thousandth": ([lot("0.001")], Part(Fraction(2, 3)), Reduction.TAKEN, []),
    "half of the lot due first": (
        [lot(4), lot(6, until=2)],
        HALF,
        Reduction.TAKEN,
        [lot(4), lot(3, until=2)],
    ),
    "half of who knows how much": ([BARE], HALF, Reduction.UNKNOWN_AMOUNT, [BARE]),
    "what is left": ([lot(10)], Left(amount(8)), Reduction.TAKEN, [lot(8)]),
    "what is left of an unknown amount": ([BARE], Left(amount(1)), Reduction.TAKEN, [lot(1)]),
    "what is left where less was known": ([lot(6)], Left(amount(8)), Reduction.TAKEN, [lot(8)]),
    "what is left of containers": (
        [lot(6, Unit.CAN)],
        Left(amount(2)),
        Reduction.TAKEN,
        [lot(2, Unit.CAN)],
    ),
    "what is left in another unit": (
        [lot(1, Unit.PACK)],
        Left(amount(200, Unit.GRAM)),
        Reduction.TAKEN,
        [lot(200, Unit.GRAM)],
    ),
    "what is left of several": (
        [lot(6), lot(6, until=2)],
        Left(amount(8)),
        Reduction.SEVERAL,
        [lot(6), lot(6, until=2)],
    ),
    "all of several": (
        [lot(6), lot(note="n"), lot(6, until=2)],
        All(),
        Reduction.TAKEN,
        [],
    ),
    "all of nothing": ([], All(), Reduction.NOT_THERE, []),
}


async def test_what_is_taken_out_is_so_much_less_and_comes_back_by_undo(
    fridges: FridgeRepository, clock: Clock
) -> None:
    for chat, (name, (before, taking, outcome, after)) in enumerate(TAKEN.items(), start=1):
        house = House(fridges, clock, chat)
        await house.add(BARE, key=MILK)
        for each in before:
            await house.add(each)
        items = await house.items()

        reduced = await house.reduce(taking)
        key, now = house.last, clock.now

        assert (name, reduced.outcomes, reduced.at) == (name, [outcome], now)
        assert (name, await house.lots(), reduced.count) == (name, after, len(after) + 1)
        clock.advance(minutes=5)
        again = await fridges.reduce(key, [Share([EGG], taking)], clock.now)
        assert (name, again, await house.lots()) == (name, reduced, after)
        is_change = before != after
        assert (name, await house.undo(RequestKind.REDUCE)) == (name, is_change)
        assert (name, await house.items()) == (name, items)
        assert (name, await house.undo(RequestKind.REDUCE)) == (name, False)


async def test_all_of_a_place_or_of_a_date_leaves_the_others(house: House) -> None:
    here, there, frozen = lot(1, until=2), lot(2, until=3), lot(3, until=2, place=FREEZER)
    for each in (here, there, frozen):
        await house.add(each)

    only_frozen = await house.reduce(Share([EGG], All(), place=FREEZER))
    assert [out.lot for out in only_frozen.taken_out] == [frozen]
    assert await house.undo(RequestKind.REDUCE)

    of_a_date = await house.reduce(Share([EGG], All(), day(2)))
    assert {out.lot for out in of_a_date.taken_out} == {here, frozen}
    assert {one.lot for one in of_a_date.there} == {there}
    of_no_date = await house.reduce(Share([EGG], All(), day(9)))
    assert of_no_date.outcomes == [Reduction.NOT_THERE]

    # The place of a lot that nobody put anywhere is the usual one.
    in_pantry = Share([EGG], All(), place=PANTRY)
    assert (await house.reduce(in_pantry)).outcomes == [Reduction.NOT_THERE]
    usual = await house.reduce(replace(in_pantry, usual_place=PANTRY))
    assert [out.lot for out in usual.taken_out] == [there]


async def test_each_share_is_of_the_lot_whose_place_it_says(house: House) -> None:
    await house.add(lot(5))
    await house.add(lot(3, place=FREEZER))

    reduced = await house.reduce(
        Share([EGG], amount(2), usual_place=FREEZER),
        Share([EGG], amount(1), place=FREEZER, usual_place=FREEZER),
    )

    assert reduced.outcomes == [Reduction.TAKEN, Reduction.TAKEN]
    assert await house.lots() == [lot(3), lot(2, place=FREEZER)]


async def test_one_lot_alone_can_be_less(house: House) -> None:
    await house.add(lot(6, until=2))
    await house.add(lot(6, until=9))

    await house.reduce(Share([EGG], amount(1), number=2))

    assert await house.lots() == [lot(6, until=2), lot(5, until=9)]


async def test_several_names_are_taken_from_at_once(house: House) -> None:
    await house.add(lot(10))
    await house.add(lot(6, Unit.CAN), key=BEER)

    reduced = await house.reduce(
        Share([ItemKey(0, "egg"), EGG], amount(3)),
        Share([MILK], All()),
        Share([BEER], amount(6, Unit.CAN)),
    )

    assert reduced.outcomes == [Reduction.TAKEN, Reduction.NOT_THERE, Reduction.TAKEN]
    assert (reduced.taken_out, reduced.changed) == (
        [item(BEER, lot(6, Unit.CAN))],
        (changed(lot(10), lot(7)),),
    )
    assert (await house.lots(), await house.lots(BEER)) == ([lot(7)], [])
    assert await house.undo(RequestKind.REDUCE)
    assert (await house.lots(), await house.lots(BEER)) == ([lot(10)], [lot(6, Unit.CAN)])


async def test_removing_a_name_removes_all_its_lots(house: House) -> None:
    for each in (lot(10), lot(2, until=2), lot(place=FREEZER, note="n")):
        await house.add(each)
    await house.add(BARE, key=MILK)
    items = await house.items()

    removed = await house.fridges.remove(house.next(), [EGG, BEER], house.clock.now)

    assert (removed.keys, removed.count) == (frozenset({EGG}), 1)
    assert await house.undo(RequestKind.REMOVE)
    assert await house.items() == items


async def test_a_tap_takes_the_lot_out_that_it_is_on(house: House) -> None:
    await house.add(lot(10))
    await house.add(lot(2, until=2))
    await house.add(lot(1), key=MILK)
    _, second = items = await house.items()
    assert second.reference == ItemReference(2, number=2)

    taken = await house.fridges.take(house.next(), second.reference, house.clock.now)

    assert taken.item == item(EGG, lot(2, until=2))
    assert await house.lots() == [lot(10)]
    late = await house.fridges.take(sent(CHAT), second.reference, house.clock.now)
    assert late.earlier is not None
    assert (late.item, late.earlier.item) == (None, taken.item)
    assert await house.undo(RequestKind.TAKE)
    assert await house.items() == items


async def test_what_is_cleared_comes_back_with_its_lots(house: House) -> None:
    for each in (lot("0.5", Unit.BOTTLE, 3, PANTRY, "n"), BARE, lot(2)):
        await house.add(each, key=BEER)
    items = await house.items(BEER)

    await house.fridges.clear(house.next(), house.clock.now, house.clock.now)

    assert await house.undo(RequestKind.CLEAR)
    assert await house.items(BEER) == items


async def test_a_date_and_a_place_of_one_lot_are_set(house: House) -> None:
    await house.add(lot(2, until=2))
    await house.add(lot(3, until=9))
    first, second = items = await house.items()

    moved = await house.fridges.move(house.next(), second.reference, FREEZER, house.clock.now)

    assert moved.lot == changed(lot(3, until=9), lot(3, until=9, place=FREEZER))
    assert moved.fridge == await house.fridges.list(CHAT, house.clock.now)
    assert await house.undo(RequestKind.ADJUST)
    assert await house.items() == items

    key = house.next()
    dated = await house.fridges.set_date(key, first.reference, day(9), house.clock.now)
    assert dated.lot == changed(lot(2, until=2), lot(5, until=9))
    assert [found.lot for found in dated.fridge.items] == [lot(5, until=9)]
    again = await house.fridges.set_date(key, first.reference, day(9), house.clock.now)
    assert again == dated
    assert await house.undo(RequestKind.ADJUST)
    assert await house.items() == items

    cleared = await house.fridges.set_date(house.next(), first.reference, None, house.clock.now)
    assert cleared.lot == changed(lot(2, until=2), lot(2))
    absent = await house.fridges.move(
        house.next(), ItemReference(2, number=7), FREEZER, house.clock.now
    )
    assert absent.lot is None


async def test_what_takes_the_place_of_a_lot_has_its_amount_and_date(house: House) -> None:
    await house.add(lot(2, until=2), key=MILK)
    await house.add(lot(1, until=2))
    [milk] = items = await house.items(MILK)

    async def swap() -> None:
        await house.fridges.replace(house.next(), milk.reference, item(BEER), house.clock.now)

    await swap()
    assert (await house.lots(MILK), await house.lots(BEER)) == ([], [lot(2, until=2)])
    assert await house.undo(RequestKind.REPLACE)
    assert (await house.items(MILK), await house.lots(BEER)) == (items, [])

    await house.add(lot(4, until=2), key=BEER)
    await swap()
    assert (await house.lots(MILK), await house.lots(BEER)) == ([], [lot(6, until=2)])
    assert await house.undo(RequestKind.REPLACE)
    assert (await house.items(MILK), await house.lots(BEER)) == (items, [lot(4, until=2)])


async def test_an_undo_leaves_what_others_have_taken_and_added_since(house: House) -> None:
    await house.add(lot(10))
    await house.reduce(amount(2))
    mine = house.last
    await house.reduce(amount(1))
    await house.add(lot(6))

    assert await house.undo(RequestKind.REDUCE, mine)
    assert await house.lots() == [lot(15)]
    assert await house.undo(RequestKind.ADD)
    assert await house.lots() == [lot(9)]


async def test_an_undo_is_declined_where_less_is_left_than_it_would_take(house: House) -> None:
    await house.add(lot(10))
    first = house.last
    await house.add(lot(5))
    second = house.last
    await house.reduce(amount(12))

    assert not await house.undo(RequestKind.ADD, first)
    assert not await house.undo(RequestKind.ADD, second)
    assert await house.lots() == [lot(3)]


async def test_an_undo_is_declined_where_the_lot_is_another_one_now(house: House) -> None:
    await house.add(lot(10))
    added = house.last
    await house.add(lot(until=2))
    assert await house.lots() == [lot(10, until=2)]

    assert not await house.undo(RequestKind.ADD, added)
    assert await house.undo(RequestKind.ADD)
    assert await house.undo(RequestKind.ADD, added)
    assert await house.lots() == []


async def test_a_lot_does_not_come_back_beside_one_that_equals_it(house: House) -> None:
    await house.add(lot(10))
    await house.add(lot(4, until=2))
    await house.reduce(Share([EGG], All(), day(2)))
    out = house.last
    await house.add(lot(3, until=2))

    assert not await house.undo(RequestKind.REDUCE, out)
    assert await house.lots() == [lot(10), lot(3, until=2)]


async def test_nothing_of_an_earlier_life_is_added_up(house: House, tables: Tables) -> None:
    await house.add(lot(10, until=2))
    await house.add(lot(4), key=BEER)
    house.clock.advance(hours=24)

    added = await house.add(lot(3, until=2))

    assert (added.count, await house.lots()) == (1, [lot(3, until=2)])
    [row] = await tables.items(CHAT)
    assert row["amount"] == 3


async def test_a_group_takes_its_lots_along_and_nothing_is_lost(
    house: House, engine: Engine, lifetime: Lifetime
) -> None:
    for each in (lot(10), lot(4, until=2), lot("0.5", Unit.TRAY, 3, FREEZER, "n")):
        await house.add(each)
    await house.add(lot(99_999), key=BEER)
    await house.add(BARE, key=MILK)
    new = [item(EGG, lot(5)), item(EGG, lot(1, until=9)), item(BEER, lot(2)), item(MILK)]
    await house.fridges.add(sent(SUPERGROUP), new, house.clock.now)

    await MigratedGroupRepository(engine, lifetime).move(CHAT, SUPERGROUP, house.clock.now)

    found = await house.fridges.list(SUPERGROUP, house.clock.now)
    assert {(one.key, one.lot) for one in found.items} == {
        (EGG, lot(15)),
        (EGG, lot(1, until=9)),
        (EGG, lot(4, until=2)),
        (EGG, lot("0.5", Unit.TRAY, 3, FREEZER, "n")),
        (BEER, lot(2)),
        (BEER, lot(99_999)),
        (MILK, BARE),
    }
    assert len(found.items) == 7
    assert len({one.reference for one in found.items}) == 7


async def test_what_was_taken_is_forgotten_with_the_chat(house: House, engine: Engine) -> None:
    await house.add(lot(10, note="secret"))
    share = Share([EGG], amount(2))
    key = house.next()
    await house.fridges.reduce(key, [share], house.clock.now)
    await ForgettingRepository(engine).forget(sent(CHAT), house.clock.now, house.clock.now)

    again = await house.fridges.reduce(key, [share], house.clock.now)

    assert (again.outcomes, again.taken_out, again.changed) == ([Reduction.NOT_THERE], [], ())
    async with engine.connect() as connection:
        stored = await connection.exec_driver_sql("SELECT outcome::text FROM handled_requests")
        assert "secret" not in str(stored.all())
