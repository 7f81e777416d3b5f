"""Whatever lots people put in, take out and undo: no amount grows by taking out, none is lost.

The model is written from the rules alone: a list of lots, and no SQL. `MODEL_EXAMPLES=1000` tries
so many sequences.
"""

import asyncio
import os
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from db.connection.database import Engine, create_engine
from db.fridges.repository import FridgeRepository
from fridge.items import Item, ItemKey, NewItem, Share
from fridge.lifetime import Lifetime
from fridge.lots import (
    MOST,
    All,
    Amount,
    Into,
    Left,
    Lot,
    Part,
    Place,
    Taking,
    Unit,
    UnitFamily,
    Until,
)
from fridge.outcomes import Outcome, Reduction
from fridge.request_keys import RecordKey, RequestKind
from tests.db.requests import sent
from tests.db.tables import Tables

pytestmark = pytest.mark.slow

EXAMPLES: Final = int(os.environ.get("MODEL_EXAMPLES", "30"))
CHAT: Final = 1001
START: Final = datetime(2026, 3, 1, 12, tzinfo=UTC)
FIRST, SECOND = (datetime(2026, 3, day, tzinfo=UTC).date() for day in (5, 9))
NAMES: Final = (NewItem(ItemKey(2)), NewItem(ItemKey(0, "quark"), "Quark"))
TTL: Final = timedelta(hours=24)
THOUSANDTH: Final = Decimal("0.001")

numbers = st.one_of(
    st.integers(1, 12).map(Decimal),
    st.sampled_from([THOUSANDTH, Decimal("0.1"), Decimal("0.5"), Decimal("333.333"), MOST]),
)
units = st.sampled_from([Unit.PIECE, Unit.PIECE, Unit.GRAM, Unit.CAN])
amounts = st.builds(Amount, numbers, units)
lots = st.builds(
    Lot,
    st.one_of(st.none(), amounts),
    st.sampled_from([None, None, FIRST, SECOND]),
    st.sampled_from([None, None, Place.FREEZER]),
    st.sampled_from(["", "", "fresh"]),
)
names = st.sampled_from(NAMES)


@dataclass(frozen=True)
class PutIn:
    """Puts a lot of a name in."""

    item: NewItem
    lot: Lot


@dataclass(frozen=True)
class TakeOut:
    """Takes something of a name out."""

    item: NewItem
    taking: Taking


@dataclass(frozen=True)
class Adjust:
    """Sets the date of one of the lots of a name, or moves it."""

    item: NewItem
    which: int
    adjustment: Until | Into


@dataclass(frozen=True)
class UndoLast:
    """Undoes the last change."""


@dataclass(frozen=True)
class LetEnd:
    """Lets the life of the fridge end; nobody has purged its rows when it begins anew."""


Step = PutIn | TakeOut | Adjust | UndoLast | LetEnd
steps = st.lists(
    st.one_of(
        st.builds(PutIn, names, lots),
        st.builds(PutIn, names, lots),
        st.builds(
            TakeOut,
            names,
            st.one_of(
                amounts,
                amounts,
                st.sampled_from([Part(Fraction(1, 2)), Part(Fraction(1, 3)), All()]),
                st.builds(Left, amounts),
            ),
        ),
        st.builds(
            Adjust,
            names,
            st.integers(0, 3),
            st.one_of(
                st.builds(Until, st.sampled_from([None, FIRST, SECOND])),
                st.builds(Into, st.sampled_from([Place.FREEZER, Place.PANTRY])),
            ),
        ),
        st.builds(UndoLast),
        st.builds(LetEnd),
    ),
    min_size=1,
    max_size=14,
)


def in_order_of_use(held: Sequence[Lot]) -> Sequence[Lot]:
    return sorted(held, key=lambda lot: lot.best_before or date.max)


def is_same_kind(one: Lot, other: Lot) -> bool:
    return replace(one, amount=_only_unit(one)) == replace(other, amount=_only_unit(other))


def _only_unit(lot: Lot) -> Amount | None:
    return lot.amount and replace(lot.amount, number=Decimal(1))


def sum_of(one: Lot, other: Lot) -> Lot | None:
    """Two lots of a kind as one; None if that is too much."""
    if not one.amount or not other.amount:
        return one
    number = one.amount.number + other.amount.number
    return replace(one, amount=replace(one.amount, number=number)) if number <= MOST else None


class Model:
    """The lots of one name, the oldest first."""

    def __init__(self) -> None:
        self.lots: list[Lot] = []

    def put_in(self, lot: Lot) -> Outcome:
        for held in self.lots if lot.amount else ():
            if is_same_kind(held, lot):
                total = sum_of(held, lot)
                return self._become(held, total) if total else Outcome.NO_ROOM
        for held in self.lots if lot.amount else ():
            if held.amount is None and replace(held, amount=lot.amount) == lot:
                return self._become(held, lot)
        meant = None if lot.amount else self._meant(lot)
        if meant is None:
            self.lots.append(lot)
            return Outcome.ADDED
        place = lot.place or meant.place
        after = replace(meant, best_before=meant.best_before or lot.best_before, place=place)
        return Outcome.ALREADY_THERE if after == meant else self._become(meant, after)

    def _meant(self, lot: Lot) -> Lot | None:
        """The lot that a date, a place or a bare name is about."""
        found = [
            held
            for held in in_order_of_use(self.lots)
            if (not lot.note or held.note == lot.note)
            and (not lot.best_before or held.best_before in (None, lot.best_before))
        ]
        found.sort(
            key=lambda held: (
                lot.best_before is not None and held.best_before != lot.best_before,
                lot.place is not None and held.place == lot.place,
            )
        )
        return next(iter(found), None)

    def _become(self, held: Lot, after: Lot) -> Outcome:
        for other in self.lots:
            if other is not held and is_same_kind(other, after) and (total := sum_of(after, other)):
                self.lots = [each for each in self.lots if each is not other]
                after = total
                break
        self.lots = [after if each is held else each for each in self.lots]
        return Outcome.ADDED

    def adjust(self, which: int, adjustment: Until | Into) -> None:
        held = self.lots[which]
        match adjustment:
            case Until(best_before):
                self._become(held, replace(held, best_before=best_before))
            case Into(place):
                self._become(held, replace(held, place=place))

    def take_out(self, taking: Taking) -> Reduction:
        if not self.lots:
            return Reduction.NOT_THERE
        match taking:
            case All():
                self.lots = []
            case Amount():
                return self._take_amount(taking)
            case Part(taken):
                first = in_order_of_use(self.lots)[0]
                if first.amount is None:
                    return Reduction.UNKNOWN_AMOUNT
                rest = Fraction(first.amount.number) * (1 - taken)
                exact = Decimal(rest.numerator) / Decimal(rest.denominator)
                self._leave(first, exact.quantize(THOUSANDTH, ROUND_HALF_UP))
            case Left(left):
                if len(self.lots) > 1:
                    return Reduction.SEVERAL
                [only] = self.lots
                unit = only.amount.unit if only.amount and counts(only, left) else left.unit
                self.lots = [replace(only, amount=Amount(left.number, unit))]
        return Reduction.TAKEN

    def _take_amount(self, amount: Amount) -> Reduction:
        counted = [lot for lot in in_order_of_use(self.lots) if counts(lot, amount)]
        if not counted:
            is_known = any(lot.amount for lot in self.lots)
            return Reduction.OTHER_UNIT if is_known else Reduction.UNKNOWN_AMOUNT
        left = amount.number
        for lot in counted:
            assert lot.amount
            taken = min(left, lot.amount.number)
            left -= taken
            self._leave(lot, lot.amount.number - taken)
        return Reduction.TAKEN

    def _leave(self, lot: Lot, number: Decimal) -> None:
        assert lot.amount
        rest = [replace(lot, amount=replace(lot.amount, number=number))] if number else []
        place = next(place for place, each in enumerate(self.lots) if each is lot)
        self.lots[place : place + 1] = rest


def counts(lot: Lot, amount: Amount) -> bool:
    if not lot.amount:
        return False
    is_counted = lot.amount.unit.family in (UnitFamily.PIECES, UnitFamily.CONTAINERS)
    return lot.amount.unit == amount.unit or (amount.unit is Unit.PIECE and is_counted)


class House:
    """A fridge on a real database, beside its model."""

    def __init__(self, runner: asyncio.Runner, engine: Engine) -> None:
        self._runner = runner
        self._tables = Tables(engine)
        self._fridges = FridgeRepository(engine, Lifetime(TTL))
        self.now = START
        self.models = {item.key: Model() for item in NAMES}
        self.last: RecordKey | None = None
        self.before: Sequence[Item] = []

    def empty(self) -> None:
        self._runner.run(self._tables.run("DELETE FROM user_fridge_sessions"))

    def list(self) -> Sequence[Item]:
        return self._runner.run(self._fridges.list(CHAT, self.now)).items

    def take(self, step: Step) -> None:
        self.now += timedelta(minutes=1)
        match step:
            case PutIn(item, lot):
                self._put_in(item, lot)
            case TakeOut(item, taking):
                self._take_out(item, taking)
            case Adjust(item, which, adjustment):
                self._adjust(item, which, adjustment)
            case UndoLast():
                self._undo()
            case LetEnd():
                self.now += TTL
                self.models = {item.key: Model() for item in NAMES}
                self.before = []
        for item in NAMES:
            held = [found.lot for found in self.list() if found.key == item.key]
            assert Counter(held) == Counter(self.models[item.key].lots), (item, step)

    def _put_in(self, item: NewItem, lot: Lot) -> None:
        self.before, key = self.list(), sent(CHAT)
        self.last = key.to(RequestKind.ADD)
        wanted = [replace(item, lot=lot)]
        added = self._runner.run(self._fridges.add(key, wanted, self.now))

        assert added.outcomes == {item.key: self.models[item.key].put_in(lot)}
        again = self._runner.run(self._fridges.add(key, wanted, self.now))
        assert again == added

    def _take_out(self, item: NewItem, taking: Taking) -> None:
        self.before, key = self.list(), sent(CHAT)
        self.last = key.to(RequestKind.REDUCE)
        shares = [Share([item.key], taking)]
        reduced = self._runner.run(self._fridges.reduce(key, shares, self.now))

        assert reduced.outcomes == [self.models[item.key].take_out(taking)]
        assert reduced.count == len(self.list())
        if not isinstance(taking, Left):
            assert all(is_less(each.after, each.before) for each in reduced.changed)
        again = self._runner.run(self._fridges.reduce(key, shares, self.now))
        assert again == reduced

    def _adjust(self, item: NewItem, which: int, adjustment: Until | Into) -> None:
        held = self._held(item)
        if not held:
            return
        self.before, key = self.list(), sent(CHAT)
        place = which % len(held)
        self.models[item.key].adjust(place, adjustment)
        reference = held[place].reference
        adjusted = self._runner.run(
            self._fridges.adjust(key, reference, adjustment, self.now, held[place].added_at)
        )

        assert adjusted.lot
        assert adjusted.lot.before == held[place].lot
        assert adjusted.fridge.items == self.list()
        again = self._runner.run(self._fridges.adjust(key, reference, adjustment, self.now))
        assert again == adjusted
        self.last = key.to(RequestKind.ADJUST) if self.list() != self.before else None

    def _held(self, item: NewItem) -> Sequence[Item]:
        """The lots of a name, the oldest first."""
        held = [each for each in self.list() if each.key == item.key]
        return sorted(held, key=lambda each: (each.added_at, each.number))

    def _undo(self) -> None:
        if self.last is None:
            return
        after = self.list()
        undone = self._runner.run(self._fridges.undo(sent(CHAT), self.last, self.now))

        assert undone.is_declined == (after == self.before)
        assert undone.fridge.items == self.list() == self.before
        for item in NAMES:
            self.models[item.key].lots = [each.lot for each in self._held(item)]
        self.last = None


def is_less(after: Lot, before: Lot) -> bool:
    assert after.amount
    assert before.amount
    is_less_now = after.amount.number < before.amount.number
    return is_less_now and replace(after, amount=before.amount) == before


@pytest.fixture(scope="module")
def module_database(new_database: Callable[[], str]) -> str:
    return new_database()


@pytest.fixture
def new_house(module_database: str) -> Iterator[Callable[[], House]]:
    with asyncio.Runner() as runner:
        engine = create_engine(module_database)
        yield lambda: House(runner, engine)
        runner.run(engine.dispose())


@pytest.mark.unwatched
def test_lots_are_what_the_rules_say_and_an_undo_restores_them(
    new_house: Callable[[], House],
) -> None:
    @settings(
        derandomize=True,
        database=None,
        deadline=None,
        max_examples=EXAMPLES,
        suppress_health_check=[HealthCheck.too_slow],
    )
    @given(steps)
    def live(taken: Sequence[Step]) -> None:
        house = new_house()
        house.empty()
        for step in taken:
            house.take(step)

    live()


async def test_what_several_people_take_at_once_is_taken_once_each(
    fridges: FridgeRepository,
) -> None:
    egg = NAMES[0]
    put_in = [replace(egg, lot=Lot(Amount(Decimal(10))))]
    await fridges.add(sent(CHAT), put_in, START)

    await asyncio.gather(
        *(
            fridges.reduce(sent(CHAT), [Share([egg.key], Amount(Decimal(1)))], START)
            for _ in range(6)
        ),
        *(fridges.add(sent(CHAT), put_in, START) for _ in range(2)),
    )

    [found] = (await fridges.list(CHAT, START)).items
    assert found.lot == Lot(Amount(Decimal(24)))
