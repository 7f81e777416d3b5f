"""The items of a chat's fridge. Each method runs one atomic statement.

A statement that changes a fridge also records its request, with the outcome: the same request
delivered again changes nothing, and gets the outcome of its first delivery.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Generic, NamedTuple

from asyncpg import Record
from sqlalchemy import TextClause

from db.connection.database import Engine
from db.fridges.statements.add import ADD, RecordedAdd
from db.fridges.statements.add_lots import ADD_LOTS
from db.fridges.statements.adjust import ADJUST, RecordedAdjust
from db.fridges.statements.clear import CLEAR, RecordedClear
from db.fridges.statements.keep import KEEP, RecordedKeep
from db.fridges.statements.last_put_in import LAST_PUT_IN, RecordedPutIn
from db.fridges.statements.list_items import LIST, LIST_FOR, RecordedNames
from db.fridges.statements.recorded_items import StoredKey
from db.fridges.statements.reduce import REDUCE, RecordedReduce
from db.fridges.statements.remove import REMOVE, RecordedRemove
from db.fridges.statements.replace import REPLACE, RecordedReplace
from db.fridges.statements.take import TAKE, RecordedTake
from db.fridges.statements.undo import UNDO, RecordedUndo
from db.updates.handled_requests import OutcomeT, record_key
from fridge.items import MAX_ITEMS, Item, ItemKey, ItemReference, NewItem, Share
from fridge.lifetime import Lifetime
from fridge.lots import (
    BARE,
    MOST,
    Adjustment,
    All,
    Amount,
    First,
    Half,
    Into,
    Left,
    Lot,
    More,
    Part,
    Place,
    Taking,
    Unit,
    Until,
)
from fridge.outcomes import (
    Added,
    Adjusted,
    Cleared,
    Fridge,
    FridgeRead,
    Kept,
    PutIn,
    Reduced,
    Reduction,
    Removed,
    Replaced,
    Taken,
    TakenEarlier,
    Undone,
)
from fridge.request_keys import RecordKey, RequestKey, RequestKind
from fridge.times import to_microseconds


class FridgeRepository:
    """The fridges. Every method counts as a use of the chat's fridge; all times are aware."""

    def __init__(self, engine: Engine, lifetime: Lifetime) -> None:
        self._engine = engine
        self._lifetime = lifetime

    async def add(
        self,
        key: RequestKey,
        items: Sequence[NewItem],
        now: datetime,
        language: str | None = None,
    ) -> Added:
        """Put lots in, in their order, while there is room.

        A lot that equals one in the fridge is added up with it. The first amount of a lot that had
        none becomes its amount, a date without an amount that of a lot that had none, and a place
        without an amount moves the lot that is due first. A bare lot of a name that is there is
        there already. The session remembers the language, if given.
        """
        items = _added_up(items)
        lots = [item.lot for item in items]
        are_bare = all(lot.is_bare for lot in lots)
        done = await self._change(
            ADD if are_bare else ADD_LOTS,
            RecordedAdd,
            key.to(RequestKind.ADD),
            now,
            expires_at=self._lifetime.expires_at(now),
            first_revision=to_microseconds(now),
            max_items=MAX_ITEMS,
            names=[item.name for item in items],
            session_language=language,
            **_key_columns([item.key for item in items]),
            **({} if are_bare else _lot_columns(lots)),
        )
        outcome = done.outcome
        return Added(
            outcome.outcomes(items),
            outcome.count,
            done.language,
            undone=outcome.undone,
            changed=outcome.changes,
            there=tuple(one.item for one in outcome.there),
        )

    async def list(self, chat_id: int, now: datetime) -> Fridge:
        """Return the fridge, newest items first."""
        return self._fridge(await self._list(LIST, self._values(chat_id, now)), now)

    async def list_for(self, key: RequestKey, now: datetime) -> FridgeRead:
        """Return the fridge, newest items first, and the names with which a request is understood.

        Delivered again, the request is no further use of the fridge, and gets the same names.
        """
        values = {**self._values(key.chat_id, now), **record_key(key.to(RequestKind.READ))}
        rows = await self._list(LIST_FOR, values)
        fridge = self._fridge(rows, now)
        first = rows[0]
        if first["outcome"] is None:
            return FridgeRead(fridge, [item.name for item in fridge.items if item.name], now)
        recorded = RecordedNames.model_validate_json(first["outcome"])
        return FridgeRead(fridge, recorded.names, first["handled_at"])

    async def last_put_in(
        self, key: RequestKey, since: datetime, until: datetime
    ) -> Sequence[PutIn]:
        """Return what the last request put in between two times, unless it was undone.

        Args:
            key: of the request that asks; what it put in itself does not count.
            since: the time after which it was put in.
            until: the latest time.
        """
        own = key.request.partition(".")[0]
        values = {"chat_id": key.chat_id, "since": since, "until": until, "own": own}
        rows = await self._engine.fetch(LAST_PUT_IN, values)
        found = [RecordedPutIn.model_validate_json(row["outcome"]) for row in rows]
        return [lot for outcome in found for lot in outcome.lots]

    async def remove(self, key: RequestKey, keys: Sequence[ItemKey], now: datetime) -> Removed:
        """Take out all lots of the names with these keys."""
        done = await self._change(
            REMOVE, RecordedRemove, key.to(RequestKind.REMOVE), now, **_key_columns(keys)
        )
        removed = done.outcome.removed
        left = done.outcome.held - len(removed)
        return Removed(frozenset(removed), left, done.language, done.at)

    async def reduce(self, key: RequestKey, shares: Sequence[Share], now: datetime) -> Reduced:
        """Take an amount, a part or all of names out, or leave an amount.

        An amount is taken from the lot due first, then from the oldest; more than there is takes
        all. A number of pieces is also one of a lot's own containers. Where no amount of the unit
        is known, nothing changes. A part is one of the lot due first. An amount is left in the only
        lot of a name. No two of the shares may be of one lot.
        """
        done = await self._change(
            REDUCE, RecordedReduce, key.to(RequestKind.REDUCE), now, **_share_columns(shares)
        )
        outcome = done.outcome
        return Reduced(
            outcomes=outcome.outcomes or [Reduction.NOT_THERE] * len(shares),
            taken_out=outcome.taken_out,
            changed=outcome.changes,
            there=tuple(one.item for one in outcome.there),
            count=outcome.held - len(outcome.taken_out),
            language=done.language,
            at=done.at,
        )

    async def set_date(
        self, key: RequestKey, reference: ItemReference, best_before: date | None, now: datetime
    ) -> Adjusted:
        """Set the date of a lot, or take its date away; a lot that it now equals is added to it."""
        return await self.adjust(key, reference, Until(best_before), now)

    async def move(
        self, key: RequestKey, reference: ItemReference, place: Place, now: datetime
    ) -> Adjusted:
        """Move a lot to a place; a lot that it now equals is added to it."""
        return await self.adjust(key, reference, Into(place), now)

    async def adjust(
        self,
        key: RequestKey,
        reference: ItemReference,
        adjustment: Adjustment,
        now: datetime,
        added_at: datetime | None = None,
    ) -> Adjusted:
        """Change one lot; another lot that it now equals is added to it.

        Args:
            key: of the request.
            reference: of the lot.
            adjustment: the change. A lot of which nothing is left goes.
            now: the present time.
            added_at: when the lot was put in that the person saw; a later lot with the same
                reference is not changed.
        """
        done = await self._change(
            ADJUST,
            RecordedAdjust,
            key.to(RequestKind.ADJUST),
            now,
            **reference._asdict(),
            added_at=added_at,
            **_adjustment_values(adjustment),
        )
        outcome = done.outcome
        return Adjusted(
            lot=next(iter(outcome.changes), None),
            fridge=self._fridge(done.rows, now),
            taken_out=_only(outcome.taken_out),
        )

    async def take(self, key: RequestKey, reference: ItemReference, now: datetime) -> Taken:
        """Take out one lot; if it is out already, find the last request that took it out.

        The returned fridge is the present one, also when the request is delivered again.
        """
        done = await self._change(
            TAKE, RecordedTake, key.to(RequestKind.TAKE), now, **reference._asdict()
        )
        return Taken(
            item=_only(done.outcome.taken_out),
            fridge=self._fridge(done.rows, now),
            earlier=_earlier(key.chat_id, done.outcome),
        )

    async def replace(
        self, key: RequestKey, reference: ItemReference, by: NewItem, now: datetime
    ) -> Replaced:
        """Put an item in the place of a lot, with its amount, date, place, note and time.

        If the fridge holds an equal lot of the new item, the two are added up. If nothing is known
        of the old one but its name, and the new one is there, the old one is only taken out. An
        item is not replaced by itself.
        """
        done = await self._change(
            REPLACE,
            RecordedReplace,
            key.to(RequestKind.REPLACE),
            now,
            **reference._asdict(),
            by_ingredient_id=by.key.ingredient_id,
            by_name_key=by.key.name_key,
            by_name=by.name,
        )
        outcome = done.outcome
        count = outcome.held - len(outcome.taken_out) + len(outcome.put_in)
        return Replaced(_only(outcome.taken_out), count, done.language)

    async def clear(self, key: RequestKey, added_until: datetime, now: datetime) -> Cleared:
        """Take out every item that was added up to a time."""
        done = await self._change(
            CLEAR, RecordedClear, key.to(RequestKind.CLEAR), now, added_until=added_until
        )
        return Cleared(done.outcome.removed, done.language)

    async def undo(self, key: RequestKey, undone: RecordKey, now: datetime) -> Undone:
        """Undo a change of the chat's fridge, wholly or not at all, and once.

        A change can be undone in the life of the session in which it was made, while the fridge
        still holds every lot that the change put in or changed, holds none that it took out, and
        has room. An amount is undone by as much as the change added or took, whatever was added or
        taken since, as long as that is possible.

        The returned fridge is the present one, also when the request is delivered again.

        Args:
            key: the request to undo.
            undone: the record of the change.
            now: the present time.
        """
        done = await self._change(
            UNDO,
            RecordedUndo,
            key.to(RequestKind.UNDO),
            now,
            undone=undone.name,
            max_items=MAX_ITEMS,
        )
        return Undone(
            taken_out=done.outcome.taken_out,
            put_back=done.outcome.put_in,
            fridge=self._fridge(done.rows, now),
            already=done.outcome.already,
            forgotten=done.outcome.forgotten,
            changed=done.outcome.changes,
        )

    async def keep(self, key: RequestKey, now: datetime) -> Kept:
        """Let a live session live for its full time from now."""
        done = await self._change(KEEP, RecordedKeep, key.to(RequestKind.KEEP), now)
        outcome = done.outcome
        return Kept(
            count=outcome.held,
            at=done.at,
            expires_at=self._lifetime.end(outcome.expires_at, outcome.last_accessed, done.at),
            language=done.language,
        )

    async def _list(self, statement: TextClause, values: Mapping[str, object]) -> Sequence[Record]:
        """Run a statement that lists a fridge, again as long as it loses a race with another."""
        while True:
            rows = await self._engine.fetch(statement, values)
            if not rows[0]["raced"]:
                return rows

    def _fridge(self, rows: Sequence[Record], now: datetime) -> Fridge:
        session = rows[0]
        return Fridge(
            items=[_item(row) for row in rows if row["ingredient_id"] is not None],
            expires_at=self._lifetime.end(session["expires_at"], session["last_accessed"], now),
            language=session["language"],
            time_zone=session["time_zone"],
        )

    async def _change(
        self,
        statement: TextClause,
        model: type[OutcomeT],
        key: RecordKey,
        now: datetime,
        **values: object,
    ) -> "_Done[OutcomeT]":
        """Run a statement that changes a fridge, again as long as it loses a race with another.

        Each race has a winner, so the number of losers falls.
        """
        parameters = {**self._values(key.of.chat_id, now), **record_key(key), **values}
        while True:
            rows = await self._engine.fetch(statement, parameters)
            first = rows[0]
            if first["outcome"] is not None:
                outcome = model.model_validate_json(first["outcome"])
                return _Done(outcome, first["handled_at"], first["language"], rows)

    def _values(self, chat_id: int, now: datetime) -> dict[str, object]:
        return {
            "chat_id": chat_id,
            "now": now,
            "idle_since": self._lifetime.idle_since(now),
            "recorded_since": self._lifetime.recorded_since(now),
        }


@dataclass(frozen=True, slots=True)
class _Done(Generic[OutcomeT]):
    """A change that was made at the time `at`, now or when the request was first delivered."""

    outcome: OutcomeT
    at: datetime
    language: str | None
    rows: Sequence[Record]


def _only(items: Sequence[NewItem]) -> NewItem | None:
    return next(iter(items), None)


def _earlier(chat_id: int, outcome: RecordedTake) -> TakenEarlier | None:
    if outcome.earlier is None:
        return None
    [item] = outcome.taken_earlier
    return TakenEarlier(item, RecordKey.named(chat_id, outcome.earlier).of)


def _key_columns(keys: Sequence[ItemKey]) -> dict[str, list[int] | list[str]]:
    return {
        "ingredient_ids": [key.ingredient_id for key in keys],
        "name_keys": [key.name_key for key in keys],
    }


def _lot_columns(lots: Sequence[Lot]) -> dict[str, list[object]]:
    return {
        "amounts": [lot.amount and lot.amount.number for lot in lots],
        "units": [lot.amount and lot.amount.unit for lot in lots],
        "best_befores": [lot.best_before for lot in lots],
        "places": [lot.place for lot in lots],
        "notes": [lot.note or None for lot in lots],
    }


def _share_columns(shares: Sequence[Share]) -> dict[str, list[object]]:
    rows = [(place, share, key) for place, share in enumerate(shares) for key in share.keys]
    takings = [_taking(share.taking) for _, share, _ in rows]
    return {
        "positions": [position for position, _, _ in rows],
        "ingredient_ids": [key.ingredient_id for _, _, key in rows],
        "name_keys": [key.name_key for _, _, key in rows],
        "manners": [taking.manner for taking in takings],
        "amounts": [taking.amount for taking in takings],
        "divisors": [taking.divisor for taking in takings],
        "units": [taking.unit for taking in takings],
        "best_befores": [share.best_before for _, share, _ in rows],
        "places": [share.place for _, share, _ in rows],
        "usual_places": [share.usual_place for _, share, _ in rows],
        "numbers": [share.number for _, share, _ in rows],
    }


def _adjustment_values(adjustment: Adjustment) -> dict[str, object]:
    values: dict[str, object] = {
        "takes_all": False,
        "more": None,
        "unit": None,
        "held_unit": None,
        "seen": None,
        "sets_date": False,
        "best_before": None,
        "place": None,
        "usual_place": None,
    }
    match adjustment:
        case More(number, unit):
            return values | {"more": number, "unit": unit, "held_unit": unit}
        case First(amount):
            return values | {"more": amount.number, "unit": amount.unit}
        case Half(seen):
            return values | {"seen": seen}
        case Until(best_before):
            return values | {"sets_date": True, "best_before": best_before}
        case Into(place, usual):
            return values | {"place": place, "usual_place": usual}
        case All():
            return values | {"takes_all": True}


class _Taking(NamedTuple):
    manner: str
    amount: Decimal | None = None
    unit: Unit | None = None
    divisor: Decimal | None = None


def _taking(taking: Taking) -> _Taking:
    match taking:
        case Amount(number, unit):
            return _Taking("amount", number, unit)
        case Part(taken):
            return _Taking("part", Decimal(taken.numerator), divisor=Decimal(taken.denominator))
        case Left(amount):
            return _Taking("left", amount.number, amount.unit)
        case All():
            return _Taking("all")


def _added_up(items: Sequence[NewItem]) -> Sequence[NewItem]:
    """The items with equal lots added up, as far as an amount can be so much.

    Those that are named again are left out.
    """
    sums: dict[object, NewItem] = {}
    kind: object
    for item in items:
        amount = item.lot.amount
        kind = (item.key, item.lot)
        if amount is not None:
            kind = (item.key, replace(item.lot, amount=None), amount.unit)
        before = sums.setdefault(kind, item)
        if before is item or amount is None or before.lot.amount is None:
            continue
        number = before.lot.amount.number + amount.number
        if number <= MOST:
            lot = replace(item.lot, amount=Amount(number, amount.unit))
            sums[kind] = replace(before, lot=lot)
        else:
            sums[kind, len(sums)] = item
    return list(sums.values())


def _item(row: Record) -> Item:
    key, number = StoredKey.parse(row["ingredient_id"], row["name_key"])
    return Item(
        key=key,
        name=row["name"],
        ko=row["ko"],
        en=row["en"],
        category=row["category"],
        emoji=row["emoji"],
        added_at=row["added_at"],
        lot=_lot(row),
        number=number,
        moved_at=row["moved_at"],
    )


def _lot(row: Record) -> Lot:
    unit, best_before, place, note = row["unit"], row["best_before"], row["place"], row["note"]
    if unit is best_before is place is note is None:
        return BARE
    return Lot(
        amount=Amount(row["amount"], Unit(unit)) if unit else None,
        best_before=best_before,
        place=Place(place) if place else None,
        note=note or "",
    )
