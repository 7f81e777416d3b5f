"""What a use writes: its time, a new revision, and nothing that is not due."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

import pytest

from db.fridges.repository import FridgeRepository
from fridge.items import NewItem
from fridge.outcomes import Outcome
from fridge.request_keys import RequestKey, RequestKind
from tests.conftest import Clock
from tests.db.conftest import CHAT
from tests.db.requests import sent
from tests.db.tables import Tables

HOUR: Final = timedelta(hours=1)
ADD: Final = RequestKey(CHAT, "filling")

Item = Callable[[str], NewItem]
Use = Callable[[FridgeRepository, Item, datetime], Awaitable[object]]

# The fridge holds milk and quark.
CHANGES: Final[Mapping[str, Use]] = {
    "add": lambda to, item, now: to.add(sent(CHAT), [item("egg")], now),
    "remove": lambda to, item, now: to.remove(sent(CHAT), [item("milk").key], now),
    "take": lambda to, item, now: to.take(sent(CHAT), item("milk").key.reference, now),
    "replace": lambda to, item, now: to.replace(
        sent(CHAT), item("milk").key.reference, item("egg"), now
    ),
    "clear": lambda to, _, now: to.clear(sent(CHAT), now + 2 * HOUR, now),
    "undo": lambda to, _, now: to.undo(sent(CHAT), ADD.to(RequestKind.ADD), now),
    "keep": lambda to, _, now: to.keep(sent(CHAT), now),
}
every_change = pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())


@pytest.fixture(autouse=True)
async def filled(fridges: FridgeRepository, clock: Clock, item: Item) -> None:
    await fridges.add(ADD, [item("milk"), item("quark")], clock.now)


@every_change
async def test_a_change_raises_the_revision_and_leaves_the_written_expiry(
    change: Use, fridges: FridgeRepository, tables: Tables, clock: Clock, item: Item
) -> None:
    before = await tables.session(CHAT)
    now = clock.advance(seconds=1)

    await change(fridges, item, now)

    after = await tables.session(CHAT)
    assert before is not None
    assert after is not None
    assert after["revision"] > before["revision"]
    assert (after["created_at"], after["expires_at"]) == (
        before["created_at"],
        before["expires_at"],
    )
    assert after["last_accessed"] == now


@every_change
async def test_a_clock_that_was_set_back_makes_no_use_earlier(
    change: Use, fridges: FridgeRepository, tables: Tables, clock: Clock, item: Item
) -> None:
    used_at = clock.now
    await change(fridges, item, clock.advance(hours=-1))

    session = await tables.session(CHAT)
    assert session is not None
    assert session["last_accessed"] == used_at


@every_change
async def test_a_fridge_that_lives_by_its_written_expiry_alone_can_be_changed(
    change: Use, fridges: FridgeRepository, tables: Tables, clock: Clock, item: Item
) -> None:
    now = clock.advance(hours=25)
    await tables.run(  # as by a longer life that was set before
        "UPDATE user_fridge_sessions SET expires_at = :expires_at", expires_at=now + HOUR
    )
    before = await tables.session(CHAT)
    assert len((await fridges.list(CHAT, now)).items) == 2

    await change(fridges, item, now)

    after = await tables.session(CHAT)
    assert before is not None
    assert after is not None
    assert after["created_at"] == before["created_at"]
    assert after["last_accessed"] == now


@pytest.mark.parametrize("later", [timedelta(seconds=59), timedelta(minutes=1)])
async def test_adding_what_is_there_is_a_use_after_a_minute(
    fridges: FridgeRepository, tables: Tables, clock: Clock, item: Item, later: timedelta
) -> None:
    used_at = clock.now
    clock.now += later

    await fridges.add(sent(CHAT), [item("milk")], clock.now)

    session = await tables.session(CHAT)
    assert session is not None
    assert session["last_accessed"] == (used_at if later.total_seconds() < 60 else clock.now)


async def test_what_a_full_fridge_has_no_room_for_is_no_use_within_a_minute(
    fridges: FridgeRepository,
    tables: Tables,
    clock: Clock,
    item: Item,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("db.fridges.repository.MAX_ITEMS", 2)
    before = await tables.session(CHAT)

    added = await fridges.add(sent(CHAT), [item("egg")], clock.advance(seconds=10))

    assert list(added.outcomes.values()) == [Outcome.NO_ROOM]
    assert await tables.session(CHAT) == before


async def test_a_fridge_that_holds_too_much_for_its_room_takes_nothing_more(
    fridges: FridgeRepository, clock: Clock, item: Item, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("db.fridges.repository.MAX_ITEMS", 1)

    added = await fridges.add(sent(CHAT), [item("egg"), item("milk")], clock.advance(minutes=5))

    assert list(added.outcomes.values()) == [Outcome.NO_ROOM, Outcome.ALREADY_THERE]
    assert added.count == 2


@pytest.mark.parametrize(
    ("wrong", "right"), [("milk", "egg"), ("quark", "curd"), ("milk", "curd"), ("quark", "egg")]
)
async def test_one_thing_takes_the_place_of_another_of_either_kind(
    fridges: FridgeRepository, clock: Clock, item: Item, wrong: str, right: str
) -> None:
    replaced = await fridges.replace(sent(CHAT), item(wrong).key.reference, item(right), clock.now)

    assert (replaced.before, replaced.count) == (item(wrong), 2)
    fridge = await fridges.list(CHAT, clock.now)
    other = "milk" if wrong == "quark" else "quark"
    assert {there.key for there in fridge.items} == {item(right).key, item(other).key}


@pytest.mark.parametrize(
    ("name", "others"), [("milk", {"quark", "egg", "curd"}), ("quark", {"milk", "egg", "curd"})]
)
async def test_the_fridge_is_shown_without_the_one_thing_that_is_taken_out(
    fridges: FridgeRepository, clock: Clock, item: Item, name: str, others: set[str]
) -> None:
    await fridges.add(sent(CHAT), [item("egg"), item("curd")], clock.advance(seconds=1))

    taken = await fridges.take(sent(CHAT), item(name).key.reference, clock.now)

    assert {there.key for there in taken.fridge.items} == {item(each).key for each in others}
    assert taken.fridge == await fridges.list(CHAT, clock.now)


# Undo


@pytest.mark.parametrize("later", [timedelta(seconds=10), timedelta(hours=1)])
async def test_an_undo_that_is_declined_changes_no_item_and_may_be_asked_for_again(
    fridges: FridgeRepository, clock: Clock, item: Item, later: timedelta
) -> None:
    add, clear = sent(CHAT), sent(CHAT)
    milk, egg, quark = item("milk"), item("egg"), item("quark")
    await fridges.clear(clear, clock.now, clock.now)
    await fridges.add(add, [milk, egg], clock.now)
    await fridges.remove(sent(CHAT), [egg.key], clock.now)
    clock.now += later

    for _ in range(2):
        for record in (add.to(RequestKind.ADD), clear.to(RequestKind.CLEAR)):
            undone = await fridges.undo(sent(CHAT), record, clock.now)
            assert (undone.taken_out, undone.put_back, undone.already) == ([], [], False)
            assert [there.key for there in undone.fridge.items] == [milk.key]

    # With the milk out, what was cleared can come back.
    await fridges.remove(sent(CHAT), [milk.key], clock.now)
    undone = await fridges.undo(sent(CHAT), clear.to(RequestKind.CLEAR), clock.now)
    assert {back.key for back in undone.put_back} == {milk.key, quark.key}


async def test_a_request_that_changed_nothing_is_never_undone(
    fridges: FridgeRepository, tables: Tables, clock: Clock, item: Item
) -> None:
    add = sent(CHAT)
    await fridges.add(add, [item("milk")], clock.now)
    before = await tables.session(CHAT)

    for _ in range(2):
        undone = await fridges.undo(sent(CHAT), add.to(RequestKind.ADD), clock.advance(seconds=10))
        assert (undone.taken_out, undone.put_back, undone.already) == ([], [], False)

    assert await tables.session(CHAT) == before


async def test_undoing_one_change_leaves_the_others_to_be_undone(
    fridges: FridgeRepository, clock: Clock, item: Item
) -> None:
    first, second = sent(CHAT), sent(CHAT)
    await fridges.add(first, [item("egg"), item("curd")], clock.now)
    added = await fridges.add(second, [item("salt"), item("relish")], clock.now)
    assert not added.undone

    for key, names in ((first, ("egg", "curd")), (second, ("salt", "relish"))):
        undone = await fridges.undo(sent(CHAT), key.to(RequestKind.ADD), clock.now)
        assert {out.key for out in undone.taken_out} == {item(name).key for name in names}

    fridge = await fridges.list(CHAT, clock.now)
    assert {there.key for there in fridge.items} == {item("milk").key, item("quark").key}
    # Delivered again, the request offers no undo.
    again = await fridges.add(second, [item("salt"), item("relish")], clock.now)
    assert again == replace(added, undone=True)


async def test_in_a_full_fridge_a_replacement_is_undone(
    fridges: FridgeRepository, clock: Clock, item: Item, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("db.fridges.repository.MAX_ITEMS", 2)
    replace = sent(CHAT)
    await fridges.replace(replace, item("milk").key.reference, item("egg"), clock.now)

    undone = await fridges.undo(sent(CHAT), replace.to(RequestKind.REPLACE), clock.now)

    assert (undone.taken_out, undone.put_back) == ([item("egg")], [item("milk")])
