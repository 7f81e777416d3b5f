"""Undo restores exactly what a change changed, or nothing."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from typing import Final

import pytest

from db.fridges.repository import FridgeRepository
from db.fridges.sessions import SessionRepository
from fridge.items import MAX_ITEMS, ItemKey, ItemReference, NewItem
from fridge.outcomes import Fridge, Outcome, Taken, TakenEarlier, Undone
from fridge.request_keys import RequestKey, RequestKind
from tests.conftest import Clock
from tests.db.conftest import CHAT, OTHER_CHAT
from tests.db.requests import by_name, sent
from tests.db.tables import Tables

Item = Callable[[str], NewItem]
Change = Callable[[FridgeRepository, RequestKey, Item, datetime], Awaitable[object]]


async def add_egg_and_tofu(
    fridges: FridgeRepository, key: RequestKey, item: Item, now: datetime
) -> None:
    added = await fridges.add(key, [item("egg"), item("tofu")], now)
    assert list(added.outcomes.values()) == [Outcome.ALREADY_THERE, Outcome.ADDED]


async def remove_egg_and_tofu(
    fridges: FridgeRepository, key: RequestKey, item: Item, now: datetime
) -> None:
    removed = await fridges.remove(key, [item("egg").key, item("tofu").key], now)
    assert removed.keys == {item("egg").key}


async def clear(fridges: FridgeRepository, key: RequestKey, _: Item, now: datetime) -> None:
    assert (await fridges.clear(key, now, now)).count == 4


async def take_milk(fridges: FridgeRepository, key: RequestKey, item: Item, now: datetime) -> None:
    assert (await fridges.take(key, item("milk").key.reference, now)).item == item("milk")


async def replace_quark_by_tofu(
    fridges: FridgeRepository, key: RequestKey, item: Item, now: datetime
) -> None:
    replaced = await fridges.replace(key, item("quark").key.reference, item("tofu"), now)
    assert (replaced.before, replaced.count) == (item("quark"), 4)


async def replace_quark_by_egg(
    fridges: FridgeRepository, key: RequestKey, item: Item, now: datetime
) -> None:
    replaced = await fridges.replace(key, item("quark").key.reference, item("egg"), now)
    assert (replaced.before, replaced.count) == (item("quark"), 3)


# The fridge holds milk, egg, quark and a sauce, put in at four times.
CHANGES: Final[Mapping[str, Change]] = {
    "add": add_egg_and_tofu,
    "remove": remove_egg_and_tofu,
    "clear": clear,
    "take": take_milk,
    "replace": replace_quark_by_tofu,
    "replace by what is there": replace_quark_by_egg,
}
UNDONE: Final[Mapping[str, tuple[Sequence[str], Sequence[str]]]] = {
    "add": (["tofu"], []),
    "remove": ([], ["egg"]),
    "clear": ([], ["할머니 소스", "quark", "egg", "milk"]),
    "take": ([], ["milk"]),
    "replace": (["tofu"], ["quark"]),
    "replace by what is there": ([], ["quark"]),
}
every_change = pytest.mark.parametrize("name", CHANGES)


async def fill(fridges: FridgeRepository, clock: Clock, item: Item) -> Fridge:
    for name in ("milk", "egg", "quark", "할머니 소스"):
        await fridges.add(sent(CHAT), [item(name)], clock.now)
        clock.advance(minutes=5)
    return await fridges.list(CHAT, clock.now)


def is_declined(undone: Undone) -> bool:
    return not undone.taken_out and not undone.put_back


def kind(name: str) -> RequestKind:
    return RequestKind(name.partition(" ")[0])


@every_change
async def test_what_a_change_changed_is_restored_with_its_times_and_once(
    name: str, fridges: FridgeRepository, clock: Clock, item: Item
) -> None:
    before = await fill(fridges, clock, item)
    change = sent(CHAT)
    await CHANGES[name](fridges, change, item, clock.now)
    clock.advance(hours=5)
    undo = sent(CHAT)

    undone = await fridges.undo(undo, change.to(kind(name)), clock.now)

    taken_out, put_back = UNDONE[name]
    assert list(undone.taken_out) == [item(each) for each in taken_out]
    assert list(undone.put_back) == [item(each) for each in put_back]
    assert undone.fridge == await fridges.list(CHAT, clock.now)
    assert undone.fridge.items == before.items
    again = await fridges.undo(undo, change.to(kind(name)), clock.now)
    assert again == undone
    by_somebody_else = await fridges.undo(sent(CHAT), change.to(kind(name)), clock.now)
    assert is_declined(by_somebody_else)
    assert by_somebody_else.already
    assert by_somebody_else.fridge.items == before.items


@every_change
async def test_nothing_is_restored_in_another_life_of_the_fridge_nor_in_none(
    name: str, fridges: FridgeRepository, sessions: SessionRepository, clock: Clock, item: Item
) -> None:
    await fill(fridges, clock, item)
    change = sent(CHAT)
    await CHANGES[name](fridges, change, item, clock.now)
    clock.advance(hours=24)

    async def undo() -> Fridge:
        undone = await fridges.undo(sent(CHAT), change.to(kind(name)), clock.now)
        assert is_declined(undone)
        return undone.fridge

    assert await undo() == Fridge([], None, None)
    assert await sessions.purge_expired(clock.now) == 1
    assert await undo() == Fridge([], None, None)
    await fridges.add(sent(CHAT), [item("salt")], clock.now)
    assert [there.en for there in (await undo()).items] == ["salt"]


@every_change
async def test_another_chat_can_not_undo_it(
    name: str, fridges: FridgeRepository, clock: Clock, item: Item
) -> None:
    await fill(fridges, clock, item)
    change = sent(CHAT)
    await CHANGES[name](fridges, change, item, clock.now)
    changed = await fridges.list(CHAT, clock.now)
    await fridges.add(sent(OTHER_CHAT), [item("salt")], clock.now)

    assert is_declined(await fridges.undo(sent(OTHER_CHAT), change.to(kind(name)), clock.now))

    assert await fridges.list(CHAT, clock.now) == changed


async def test_an_add_is_not_undone_when_one_of_its_items_has_changed_since(
    fridges: FridgeRepository, clock: Clock, item: Item
) -> None:
    add, milk, egg = sent(CHAT), item("milk"), item("egg")
    await fridges.add(add, [milk, egg], clock.now)
    await fridges.remove(sent(CHAT), [milk.key], clock.now)

    assert is_declined(await fridges.undo(sent(CHAT), add.to(RequestKind.ADD), clock.now))
    clock.advance(seconds=1)
    await fridges.add(sent(CHAT), [milk], clock.now)
    undone = await fridges.undo(sent(CHAT), add.to(RequestKind.ADD), clock.now)

    assert is_declined(undone)
    assert [there.key for there in undone.fridge.items] == [milk.key, egg.key]


async def test_a_clear_is_not_undone_when_one_of_its_items_is_there_again(
    fridges: FridgeRepository, clock: Clock, item: Item
) -> None:
    milk, egg, tofu, clear = item("milk"), item("egg"), item("tofu"), sent(CHAT)
    await fridges.add(sent(CHAT), [milk, egg], clock.now)
    await fridges.clear(clear, clock.now, clock.now)
    await fridges.add(sent(CHAT), [milk, tofu], clock.now)

    assert is_declined(await fridges.undo(sent(CHAT), clear.to(RequestKind.CLEAR), clock.now))

    # With that one out again, what was cleared comes back beside what is new.
    await fridges.remove(sent(CHAT), [milk.key], clock.now)
    undone = await fridges.undo(sent(CHAT), clear.to(RequestKind.CLEAR), clock.now)
    assert {back.key for back in undone.put_back} == {milk.key, egg.key}
    assert {there.key for there in undone.fridge.items} == {milk.key, egg.key, tofu.key}


async def test_what_was_undone_and_done_again_by_others_is_theirs_to_undo(
    fridges: FridgeRepository, clock: Clock, item: Item
) -> None:
    milk, first, second = item("milk"), sent(CHAT), sent(CHAT)
    await fridges.add(sent(CHAT), [milk], clock.now)
    await fridges.take(first, milk.key.reference, clock.now)
    await fridges.undo(sent(CHAT), first.to(RequestKind.TAKE), clock.now)
    await fridges.take(second, milk.key.reference, clock.now)

    assert is_declined(await fridges.undo(sent(CHAT), first.to(RequestKind.TAKE), clock.now))
    undone = await fridges.undo(sent(CHAT), second.to(RequestKind.TAKE), clock.now)

    assert undone.put_back == [milk]


async def test_whoever_taps_after_another_can_undo_what_that_one_took_out(
    fridges: FridgeRepository, clock: Clock, item: Item
) -> None:
    quark, milk, add, first, late = item("quark"), item("milk"), sent(CHAT), sent(CHAT), sent(CHAT)

    async def take(key: RequestKey, what: NewItem) -> Taken:
        return await fridges.take(key, what.key.reference, clock.advance(minutes=1))

    async def undo(key: RequestKey) -> Undone:
        return await fridges.undo(sent(CHAT), key.to(RequestKind.TAKE), clock.now)

    await fridges.add(add, [quark, milk], clock.now)
    assert (await take(sent(CHAT), milk)).item == milk
    assert (await take(first, quark)).earlier is None
    taken = await take(late, quark)
    assert (taken.item, taken.earlier) == (None, TakenEarlier(quark, by_name(first)))
    assert (await take(sent(CHAT), item("egg"))).earlier is None
    await fridges.add(sent(OTHER_CHAT), [item("egg")], clock.now)
    assert (await take(sent(OTHER_CHAT), quark)).earlier is None

    # What was undone can't be undone again; the tap that comes again is answered alike.
    assert (await undo(first)).put_back == [quark]
    assert (await take(late, quark)).earlier == taken.earlier
    second = sent(CHAT)
    await take(second, quark)
    assert (await take(sent(CHAT), quark)).earlier == TakenEarlier(quark, by_name(second))
    assert (await undo(second)).put_back == [quark]
    await fridges.remove(sent(CHAT), [quark.key], clock.now)
    assert (await take(sent(CHAT), quark)).earlier is None

    # Nor what was taken out in another life of the fridge.
    await fridges.add(sent(CHAT), [quark], clock.now)
    await take(sent(CHAT), quark)
    clock.advance(hours=24)
    assert (await take(sent(CHAT), quark)).earlier is None
    await fridges.add(sent(CHAT), [item("egg")], clock.now)
    assert (await take(sent(CHAT), quark)).earlier is None


async def test_what_is_delivered_again_is_not_done_though_it_could_be_by_now(
    fridges: FridgeRepository, clock: Clock, item: Item
) -> None:
    milk, egg, clear = item("milk"), item("egg"), sent(CHAT)
    take_milk, take_egg, undo = sent(CHAT), sent(CHAT), sent(CHAT)
    await fridges.add(sent(CHAT), [milk], clock.now)
    await fridges.clear(clear, clock.now, clock.now)
    await fridges.add(sent(CHAT), [milk], clock.now)
    await fridges.undo(undo, clear.to(RequestKind.CLEAR), clock.now)
    await fridges.take(take_milk, milk.key.reference, clock.now)
    await fridges.take(take_egg, egg.key.reference, clock.now)

    undone = await fridges.undo(undo, clear.to(RequestKind.CLEAR), clock.now)
    assert (is_declined(undone), undone.fridge.items) == (True, [])

    await fridges.add(sent(CHAT), [milk, egg], clock.now)
    for request, thing, answer in ((take_milk, milk, milk), (take_egg, egg, None)):
        taken = await fridges.take(request, thing.key.reference, clock.now)
        assert (taken.item, len(taken.fridge.items)) == (answer, 2)


async def test_five_hundred_things_come_back_if_there_is_room_for_all(
    fridges: FridgeRepository, clock: Clock, item: Item
) -> None:
    clear = sent(CHAT)
    things = [NewItem(ItemKey(0, f"thing{n}"), f"Thing {n}") for n in range(MAX_ITEMS)]
    assert (await fridges.add(sent(CHAT), things, clock.now)).count == MAX_ITEMS
    clock.advance(minutes=1)
    await fridges.clear(clear, clock.now, clock.now)
    await fridges.add(sent(CHAT), [item("salt")], clock.now)

    assert is_declined(await fridges.undo(sent(CHAT), clear.to(RequestKind.CLEAR), clock.now))
    await fridges.remove(sent(CHAT), [item("salt").key], clock.now)
    undone = await fridges.undo(sent(CHAT), clear.to(RequestKind.CLEAR), clock.now)

    assert {back.key for back in undone.put_back} == {thing.key for thing in things}
    assert len(undone.fridge.items) == MAX_ITEMS


async def test_a_fridge_that_holds_too_much_for_its_room_can_still_lose_what_was_added(
    fridges: FridgeRepository, clock: Clock, item: Item, monkeypatch: pytest.MonkeyPatch
) -> None:
    add, take = sent(CHAT), sent(CHAT)
    await fridges.add(sent(CHAT), [item("milk"), item("egg"), item("salt")], clock.now)
    await fridges.add(add, [item("tofu")], clock.now)
    await fridges.take(take, item("salt").key.reference, clock.now)
    monkeypatch.setattr("db.fridges.repository.MAX_ITEMS", 1)

    undone = await fridges.undo(sent(CHAT), add.to(RequestKind.ADD), clock.now)

    assert undone.taken_out == [item("tofu")]
    assert is_declined(await fridges.undo(sent(CHAT), take.to(RequestKind.TAKE), clock.now))


async def test_a_change_recorded_before_there_was_undo_is_not_undone(
    fridges: FridgeRepository, tables: Tables, clock: Clock, item: Item
) -> None:
    add, remove = sent(CHAT), sent(CHAT)
    await fridges.add(add, [item("milk"), item("egg")], clock.now)
    await fridges.remove(remove, [item("egg").key], clock.now)
    await tables.run(
        "UPDATE handled_requests SET outcome = outcome"
        " - CAST('{added_times,added_names,removed_times,removed_names}' AS text[])"
    )

    for change in (add.to(RequestKind.ADD), remove.to(RequestKind.REMOVE)):
        assert is_declined(await fridges.undo(sent(CHAT), change, clock.now))
    assert (await fridges.remove(remove, [item("egg").key], clock.now)).keys == {item("egg").key}


async def test_an_item_is_taken_by_its_reference_and_the_fridge_is_shown_without_it(
    fridges: FridgeRepository, clock: Clock, item: Item
) -> None:
    sauce, mine = item("할머니 소스"), item("📌 mine")
    await fridges.add(sent(CHAT), [item("milk"), sauce, mine], clock.now)
    clock.advance(minutes=5)
    request = sent(CHAT)

    taken = await fridges.take(request, sauce.key.reference, clock.now)

    assert taken.item == sauce
    assert taken.fridge == await fridges.list(CHAT, clock.now)
    assert {there.key for there in taken.fridge.items} == {item("milk").key, mine.key}
    await fridges.clear(sent(CHAT), clock.now, clock.now)
    again = await fridges.take(request, sauce.key.reference, clock.now)
    assert (again.item, again.fridge.items) == (sauce, [])


@pytest.mark.parametrize(
    "reference",
    [ItemReference(1), ItemReference(0), ItemReference(0, "0" * 12), ItemReference(10**6)],
    ids=str,
)
async def test_what_is_not_there_is_not_taken_nor_replaced(
    reference: ItemReference, fridges: FridgeRepository, clock: Clock, item: Item
) -> None:
    await fridges.add(sent(CHAT), [item("egg"), item("quark")], clock.now)
    before = await fridges.list(CHAT, clock.now)

    taken = await fridges.take(sent(CHAT), reference, clock.now)
    replaced = await fridges.replace(sent(CHAT), reference, item("tofu"), clock.now)

    assert (taken.item, taken.fridge) == (None, before)
    assert (replaced.before, replaced.count) == (None, 2)
    assert await fridges.list(CHAT, clock.now) == before


async def test_what_takes_the_place_of_an_item_has_its_time(
    fridges: FridgeRepository, clock: Clock, item: Item
) -> None:
    await fridges.add(sent(CHAT), [item("quark")], clock.now)
    put_in_at = clock.now
    clock.advance(hours=1)

    itself = await fridges.replace(
        sent(CHAT), item("quark").key.reference, item("quark"), clock.now
    )
    await fridges.replace(sent(CHAT), item("quark").key.reference, item("milk"), clock.now)

    assert (itself.before, itself.count) == (None, 1)
    [milk] = (await fridges.list(CHAT, clock.now)).items
    assert (milk.key, milk.added_at) == (item("milk").key, put_in_at)
