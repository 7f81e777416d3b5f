"""A command reads and changes the life that its own chat's fridge has now, and nothing else.

Another chat may hold the same items, and have requests of the same names. Of an earlier life of the
same fridge, items may be left.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import timedelta
from typing import Final

import pytest
from sqlalchemy import text

from db.chats.settings import ChatRepository
from db.connection.database import Engine
from db.fridges.repository import FridgeRepository
from db.schema.models import Base
from fridge.items import NewItem
from fridge.outcomes import Outcome
from fridge.request_keys import RequestKey, RequestKind
from tests.conftest import Clock
from tests.db.conftest import CHAT, OTHER_CHAT
from tests.db.requests import sent
from tests.db.tables import Tables

MINUTE: Final = timedelta(minutes=1)
HOUR: Final = timedelta(hours=1)

PUT_ITEM: Final = """
    INSERT INTO user_fridge_ingredients (chat_id, ingredient_id, name_key, name, added_at)
    VALUES (:chat, :id, :key, :name, :added_at)
"""
PUT_WARNING: Final = """
    INSERT INTO expiry_warnings
        (chat_id, last_accessed, created_at, expires_at, claimed_at, sent_at, items)
    VALUES (:chat, :used, :used, :used, :used, :used, '{}')
"""

Item = Callable[[str], NewItem]


class House:
    """Two chats' fridges with the same things, and one thing that only the other has."""

    def __init__(self, engine: Engine, fridges: FridgeRepository, clock: Clock, item: Item) -> None:
        self.engine = engine
        self.fridges = fridges
        self.tables = Tables(engine)
        self.clock = clock
        self.item = item

    async def fill(self) -> None:
        """Fill the fridges by requests of the same names, five minutes ago."""
        chats = ChatRepository(self.engine)
        for chat in (OTHER_CHAT, CHAT):
            await self.add(chat, "first1", "milk", "egg", "quark", "grandma's sauce")
            await self.take(chat, "first2", "quark")
        await self.add(OTHER_CHAT, "first3", "salt", "chutney")
        await self.take(OTHER_CHAT, "first4", "chutney")
        await chats.choose(sent(OTHER_CHAT), self.clock.now, language="ko")
        # As of chats that began in the same microsecond.
        await self.tables.run("UPDATE user_fridge_sessions SET revision = 7")
        self.clock.advance(minutes=5)

    async def add(self, chat: int, request: str, *names: str) -> Sequence[Outcome]:
        items = [self.item(name) for name in names]
        added = await self.fridges.add(RequestKey(chat, request), items, self.clock.now)
        return list(added.outcomes.values())

    async def take(self, chat: int, request: str, name: str) -> None:
        reference = self.item(name).key.reference
        await self.fridges.take(RequestKey(chat, request), reference, self.clock.now)

    async def names(self) -> list[str]:
        fridge = await self.fridges.list(CHAT, self.clock.now)
        assert fridge.language is None
        return sorted(item.name or item.en for item in fridge.items)

    async def rows(self, chat: int) -> Mapping[str, Sequence[str]]:
        """A chat's rows of all tables, with their versions."""
        async with self.engine.connect() as connection:
            found = {
                name: await connection.execute(
                    text(f"SELECT t.xmin || t::text FROM {name} AS t WHERE chat_id = :chat"),
                    {"chat": chat},
                )
                for name, table in Base.metadata.tables.items()
                if "chat_id" in table.columns
            }
            return {name: sorted(result.scalars()) for name, result in found.items()}


@pytest.fixture
async def house(engine: Engine, fridges: FridgeRepository, clock: Clock, item: Item) -> House:
    house = House(engine, fridges, clock, item)
    await house.fill()
    return house


Act = Callable[[House], Awaitable[object]]


async def add_what_the_other_has(house: House) -> None:
    assert await house.add(CHAT, "first9", "salt") == [Outcome.ADDED]
    assert await house.names() == ["egg", "grandma's sauce", "milk", "salt"]


async def remove_what_both_have_and_what_the_other_has(house: House) -> None:
    keys = [house.item(name).key for name in ("milk", "salt")]
    removed = await house.fridges.remove(sent(CHAT), keys, house.clock.now)
    assert (removed.keys, removed.count) == (frozenset(keys[:1]), 2)
    assert await house.names() == ["egg", "grandma's sauce"]


async def take_what_both_have(house: House) -> None:
    reference = house.item("milk").key.reference
    taken = await house.fridges.take(sent(CHAT), reference, house.clock.now)
    assert taken.item == house.item("milk")
    assert taken.fridge == await house.fridges.list(CHAT, house.clock.now)
    assert await house.names() == ["egg", "grandma's sauce"]


async def take_what_the_other_has_taken(house: House) -> None:
    reference = house.item("chutney").key.reference
    taken = await house.fridges.take(sent(CHAT), reference, house.clock.now)
    assert (taken.item, taken.earlier) == (None, None)
    assert await house.names() == ["egg", "grandma's sauce", "milk"]


async def replace_what_both_have(house: House) -> None:
    reference = house.item("milk").key.reference
    replaced = await house.fridges.replace(
        sent(CHAT), reference, house.item("salt"), house.clock.now
    )
    assert (replaced.before, replaced.count) == (house.item("milk"), 3)
    assert await house.names() == ["egg", "grandma's sauce", "salt"]


async def clear(house: House) -> None:
    cleared = await house.fridges.clear(sent(CHAT), house.clock.now, house.clock.now)
    assert cleared.count == 3
    assert await house.names() == []


async def keep(house: House) -> None:
    assert (await house.fridges.keep(sent(CHAT), house.clock.now)).count == 3


async def undo_what_was_taken(house: House) -> None:
    take = RequestKey(CHAT, "first2").to(RequestKind.TAKE)
    undone = await house.fridges.undo(sent(CHAT), take, house.clock.now)
    assert undone.put_back == [house.item("quark")]
    assert await house.names() == ["egg", "grandma's sauce", "milk", "quark"]


async def undo_what_was_added(house: House) -> None:
    await house.add(CHAT, "first3", "salt", "chutney")
    add = RequestKey(CHAT, "first3").to(RequestKind.ADD)
    undone = await house.fridges.undo(sent(CHAT), add, house.clock.now)
    assert len(undone.taken_out) == 2
    assert await house.names() == ["egg", "grandma's sauce", "milk"]


async def begin_another_life(house: House) -> None:
    for chat in (CHAT, OTHER_CHAT):
        await house.tables.run(PUT_WARNING, chat=chat, used=house.clock.now - 6 * MINUTE)
    await house.fridges.list(OTHER_CHAT, house.clock.now)
    house.clock.advance(hours=24, minutes=-1)
    before = await house.rows(OTHER_CHAT)
    assert await house.add(CHAT, "first9", "milk", "ours 📌") == [Outcome.ADDED] * 2
    assert await house.names() == ["milk", "ours 📌"]
    assert len(await house.tables.items(CHAT)) == 2
    assert await house.rows(OTHER_CHAT) == before


ACTS: Final[Sequence[Act]] = (
    add_what_the_other_has,
    remove_what_both_have_and_what_the_other_has,
    take_what_both_have,
    take_what_the_other_has_taken,
    replace_what_both_have,
    clear,
    keep,
    undo_what_was_taken,
    undo_what_was_added,
)


@pytest.mark.parametrize("act", ACTS, ids=lambda act: act.__name__)
async def test_what_a_chat_does_is_done_in_no_other(house: House, act: Act) -> None:
    before = await house.rows(OTHER_CHAT)

    await act(house)

    assert await house.rows(OTHER_CHAT) == before


async def test_a_fridge_that_begins_anew_takes_nothing_from_another_chat(house: House) -> None:
    await begin_another_life(house)


async def test_what_only_another_chat_has_is_no_reason_to_write_a_use(house: House) -> None:
    fridges, item = house.fridges, house.item
    now = house.clock.now
    await fridges.keep(sent(CHAT), now)
    before = await house.tables.session(CHAT)
    now = house.clock.advance(seconds=10)

    await fridges.remove(sent(CHAT), [item("salt").key, item("relish").key], now)
    await fridges.take(sent(CHAT), item("salt").key.reference, now)
    await fridges.replace(sent(CHAT), item("salt").key.reference, item("tofu"), now)
    await fridges.clear(sent(CHAT), now - HOUR, now)
    await fridges.undo(sent(CHAT), RequestKey(CHAT, "first3").to(RequestKind.ADD), now)

    assert await house.tables.session(CHAT) == before


async def test_what_is_left_of_an_earlier_life_does_not_count(
    fridges: FridgeRepository, tables: Tables, clock: Clock, item: Item
) -> None:
    await fridges.add(sent(CHAT), [item("milk")], clock.now)
    sauce = item("grandma's sauce")
    for left in (item("egg"), sauce):
        await tables.run(
            PUT_ITEM,
            chat=CHAT,
            id=left.key.ingredient_id,
            key=left.key.name_key,
            name=left.name and "GRANDMA'S SAUCE",
            added_at=clock.now - HOUR,
        )
    before = await tables.session(CHAT)
    now = clock.advance(seconds=10)

    removed = await fridges.remove(sent(CHAT), [item("egg").key], now)
    taken = await fridges.take(sent(CHAT), sauce.key.reference, now)
    replaced = await fridges.replace(sent(CHAT), sauce.key.reference, item("tofu"), now)

    assert (removed.keys, removed.count) == (frozenset(), 1)
    assert (taken.item, len(taken.fridge.items)) == (None, 1)
    assert (replaced.before, replaced.count) == (None, 1)
    assert await tables.session(CHAT) == before
    assert (await fridges.keep(sent(CHAT), now)).count == 1
    added = await fridges.add(sent(CHAT), [item("egg")], now)
    assert (list(added.outcomes.values()), added.count) == ([Outcome.ADDED], 2)

    await fridges.replace(sent(CHAT), item("milk").key.reference, sauce, now)

    fridge = await fridges.list(CHAT, now)
    assert [(there.name or there.en, there.added_at) for there in fridge.items] == [
        ("egg", now),
        ("grandma's sauce", now - timedelta(seconds=10)),
    ]
    assert (await fridges.clear(sent(CHAT), now, now)).count == 2


async def test_a_name_is_spelt_as_in_this_life_of_the_fridge(
    fridges: FridgeRepository, clock: Clock, item: Item
) -> None:
    await fridges.add(sent(CHAT), [item("Quark")], clock.now)
    clock.advance(hours=25)

    await fridges.add(sent(CHAT), [item("QUARK")], clock.now)

    assert [each.name for each in (await fridges.list(CHAT, clock.now)).items] == ["QUARK"]
