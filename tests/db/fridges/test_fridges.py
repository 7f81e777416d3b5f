import asyncio
from collections.abc import Callable, Sequence
from datetime import timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from db.chats.settings import ChatRepository
from db.fridges.repository import FridgeRepository
from db.fridges.sessions import SessionRepository
from fridge.items import MAX_ITEMS, ItemKey, NewItem
from fridge.outcomes import Outcome
from tests.conftest import Clock
from tests.db.conftest import CHAT, OTHER_CHAT
from tests.db.requests import sent
from tests.db.tables import Tables

Item = Callable[[str], NewItem]


def items(item: Item, *names: str) -> Sequence[NewItem]:
    return [item(name) for name in names]


def numbered(count: int, start: int = 0) -> Sequence[NewItem]:
    return [NewItem(ItemKey(0, f"thing{n}"), f"thing {n}") for n in range(start, start + count)]


async def names_in(fridges: FridgeRepository, clock: Clock, chat: int = CHAT) -> Sequence[str]:
    fridge = await fridges.list(chat, clock.now)
    return [item.name or item.en for item in fridge.items]


async def test_the_first_add_creates_the_session(
    fridges: FridgeRepository, tables: Tables, clock: Clock, item: Item
) -> None:
    result = await fridges.add(sent(CHAT), items(item, "우유", "quark"), clock.now)

    assert result.outcomes == {
        item("milk").key: Outcome.ADDED,
        item("quark").key: Outcome.ADDED,
    }
    assert result.count == 2
    session = await tables.session(CHAT)
    assert session is not None
    assert session["created_at"] == session["last_accessed"] == clock.now
    assert session["expires_at"] == clock.now + timedelta(hours=24)


async def test_what_is_there_already_is_said_and_keeps_its_time(
    fridges: FridgeRepository, tables: Tables, clock: Clock, item: Item
) -> None:
    await fridges.add(sent(CHAT), items(item, "milk"), clock.now)
    first = clock.now
    clock.advance(hours=1)

    result = await fridges.add(sent(CHAT), items(item, "milk", "egg"), clock.now)

    assert result.outcomes == {
        item("milk").key: Outcome.ALREADY_THERE,
        item("egg").key: Outcome.ADDED,
    }
    assert result.count == 2
    times = {row["ingredient_id"]: row["added_at"] for row in await tables.items(CHAT)}
    assert times[item("milk").key.ingredient_id] == first


async def test_the_list_is_newest_first_with_names_in_both_languages(
    fridges: FridgeRepository, clock: Clock, item: Item
) -> None:
    await fridges.add(sent(CHAT), items(item, "milk"), clock.now)
    clock.advance(seconds=1)
    await fridges.add(sent(CHAT), items(item, "quark"), clock.now)

    fridge = await fridges.list(CHAT, clock.now)

    assert [(found.name, found.ko, found.en) for found in fridge.items] == [
        ("quark", "", ""),
        ("", "우유", "milk"),
    ]
    assert fridge.expires_at == clock.now + timedelta(hours=24)


async def test_a_chat_without_a_session_has_an_empty_fridge_and_stays_without(
    fridges: FridgeRepository, tables: Tables, clock: Clock
) -> None:
    fridge = await fridges.list(CHAT, clock.now)

    assert (fridge.items, fridge.expires_at) == ([], None)
    assert await tables.session(CHAT) is None


async def test_removing_says_what_was_there(
    fridges: FridgeRepository, clock: Clock, item: Item
) -> None:
    await fridges.add(sent(CHAT), items(item, "milk", "egg", "quark"), clock.now)

    result = await fridges.remove(
        sent(CHAT), [item(name).key for name in ("우유", "tofu", "Quark")], clock.now
    )

    assert result.keys == {item("milk").key, item("quark").key}
    assert result.count == 1
    assert await names_in(fridges, clock) == ["egg"]


async def test_a_typed_name_is_seen_in_its_own_chat_only(
    fridges: FridgeRepository, clock: Clock, item: Item
) -> None:
    await fridges.add(sent(CHAT), items(item, "할머니 비밀 소스"), clock.now)
    await fridges.add(sent(OTHER_CHAT), items(item, "milk"), clock.now)

    assert await names_in(fridges, clock, OTHER_CHAT) == ["milk"]
    gone = await fridges.remove(sent(OTHER_CHAT), [item("할머니 비밀 소스").key], clock.now)
    assert gone.keys == frozenset()
    assert await names_in(fridges, clock) == ["할머니 비밀 소스"]


async def test_a_full_fridge_takes_what_there_is_room_for_in_order(
    fridges: FridgeRepository, clock: Clock
) -> None:
    for start in range(0, MAX_ITEMS - 2, 50):
        count = min(50, MAX_ITEMS - 2 - start)
        await fridges.add(sent(CHAT), numbered(count, start), clock.now)

    result = await fridges.add(sent(CHAT), [*numbered(1), *numbered(4, start=1000)], clock.now)

    assert list(result.outcomes.values()) == [
        Outcome.ALREADY_THERE,
        Outcome.ADDED,
        Outcome.ADDED,
        Outcome.NO_ROOM,
        Outcome.NO_ROOM,
    ]
    assert result.count == MAX_ITEMS


async def test_clear_takes_out_what_was_there_when_it_was_asked_for(
    fridges: FridgeRepository, clock: Clock, item: Item
) -> None:
    await fridges.add(sent(CHAT), items(item, "milk", "egg"), clock.now)
    asked_at = clock.now
    clock.advance(seconds=5)
    await fridges.add(sent(CHAT), items(item, "tofu"), clock.now)

    result = await fridges.clear(sent(CHAT), asked_at, clock.now)

    assert result.count == 2
    assert await names_in(fridges, clock) == ["tofu"]


@pytest.mark.parametrize("command", ["list", "remove", "clear", "keep"])
async def test_every_use_lets_the_session_live_for_24_h_more(
    command: str, fridges: FridgeRepository, tables: Tables, clock: Clock, item: Item
) -> None:
    await fridges.add(sent(CHAT), items(item, "milk", "egg"), clock.now)
    written = await tables.session(CHAT)
    clock.advance(hours=23)

    match command:
        case "list":
            await fridges.list(CHAT, clock.now)
        case "remove":
            await fridges.remove(sent(CHAT), [item("milk").key], clock.now)
        case "clear":
            await fridges.clear(sent(CHAT), clock.now, clock.now)
        case _:
            await fridges.keep(sent(CHAT), clock.now)

    session = await tables.session(CHAT)
    assert session is not None
    assert written is not None
    assert session["last_accessed"] == clock.now
    assert session["expires_at"] == written["expires_at"]  # the extend job writes it
    clock.advance(hours=23, minutes=59)
    assert (await fridges.list(CHAT, clock.now)).expires_at is not None


async def test_a_use_within_a_minute_of_the_last_one_writes_nothing(
    fridges: FridgeRepository, tables: Tables, clock: Clock, item: Item
) -> None:
    await fridges.add(sent(CHAT), items(item, "milk"), clock.now)
    before = await tables.session(CHAT)
    clock.advance(seconds=59)

    await fridges.list(CHAT, clock.now)
    await fridges.add(sent(CHAT), items(item, "milk"), clock.now)
    await fridges.remove(sent(CHAT), [item("egg").key], clock.now)

    assert await tables.session(CHAT) == before
    clock.advance(seconds=1)
    await fridges.list(CHAT, clock.now)
    assert await tables.session(CHAT) != before


async def test_a_change_within_a_minute_is_recorded_as_a_use(
    fridges: FridgeRepository, tables: Tables, clock: Clock, item: Item
) -> None:
    await fridges.add(sent(CHAT), items(item, "milk"), clock.now)
    clock.advance(seconds=1)

    await fridges.add(sent(CHAT), items(item, "egg"), clock.now)

    session = await tables.session(CHAT)
    assert session is not None
    assert session["last_accessed"] == clock.now


async def test_an_expired_fridge_is_gone_though_nobody_has_purged_it(
    fridges: FridgeRepository, tables: Tables, clock: Clock, item: Item
) -> None:
    await fridges.add(sent(CHAT), items(item, "milk"), clock.now)
    clock.advance(hours=24)

    assert await names_in(fridges, clock) == []
    assert (await fridges.remove(sent(CHAT), [item("milk").key], clock.now)).keys == frozenset()
    assert (await fridges.clear(sent(CHAT), clock.now, clock.now)).count == 0
    assert (await fridges.keep(sent(CHAT), clock.now)).expires_at is None
    assert len(await tables.items(CHAT)) == 1


async def test_a_session_lives_to_the_last_microsecond(
    fridges: FridgeRepository, clock: Clock, item: Item
) -> None:
    await fridges.add(sent(CHAT), items(item, "milk"), clock.now)
    clock.advance(hours=24, microseconds=-1)

    assert await names_in(fridges, clock) == ["milk"]


async def test_adding_after_expiry_begins_afresh_and_old_items_never_come_back(
    fridges: FridgeRepository, tables: Tables, clock: Clock, item: Item
) -> None:
    await fridges.add(sent(CHAT), items(item, "milk", "egg", "tofu"), clock.now)
    clock.advance(hours=30)

    result = await fridges.add(sent(CHAT), items(item, "egg", "quark"), clock.now)

    assert set(result.outcomes.values()) == {Outcome.ADDED}
    assert result.count == 2
    assert sorted(await names_in(fridges, clock)) == ["egg", "quark"]
    session = await tables.session(CHAT)
    assert session is not None
    assert session["created_at"] == clock.now
    assert session["expires_at"] == clock.now + timedelta(hours=24)
    assert len(await tables.items(CHAT)) == 2  # nothing of the earlier life stays behind


async def test_keeping_says_how_long_and_how_much(
    fridges: FridgeRepository, clock: Clock, item: Item
) -> None:
    await fridges.add(sent(CHAT), items(item, "milk", "egg"), clock.now)
    clock.advance(hours=5)

    kept = await fridges.keep(sent(CHAT), clock.now)

    assert (kept.count, kept.expires_at) == (2, clock.now + timedelta(hours=24))


async def test_where_the_clock_was_set_back_nobody_is_promised_more_than_24_hours(
    fridges: FridgeRepository, clock: Clock, item: Item
) -> None:
    await fridges.add(sent(CHAT), items(item, "milk"), clock.now)
    clock.advance(hours=-2)
    promised = clock.now + timedelta(hours=24)

    listed = await fridges.list(CHAT, clock.now)
    request = sent(CHAT)
    kept = await fridges.keep(request, clock.now)

    assert listed.expires_at == kept.expires_at == promised
    assert await fridges.keep(request, promised) == kept
    assert (await fridges.list(CHAT, promised)).items


async def test_the_language_that_the_chat_chose_comes_with_every_answer(
    fridges: FridgeRepository, engine: AsyncEngine, clock: Clock, item: Item
) -> None:
    await ChatRepository(engine).choose(sent(CHAT), clock.now, language="ko")

    added = await fridges.add(sent(CHAT), items(item, "milk"), clock.now)
    listed = await fridges.list(CHAT, clock.now)
    removed = await fridges.remove(sent(CHAT), [item("milk").key], clock.now)
    cleared = await fridges.clear(sent(CHAT), clock.now, clock.now)
    kept = await fridges.keep(sent(CHAT), clock.now)

    assert {answer.language for answer in (added, listed, removed, cleared, kept)} == {"ko"}
    assert (await fridges.list(OTHER_CHAT, clock.now)).language is None


async def test_a_session_remembers_the_language_of_who_last_put_something_in(
    fridges: FridgeRepository, tables: Tables, clock: Clock, item: Item
) -> None:
    async def remembered() -> str | None:
        session = await tables.session(CHAT)
        assert session is not None
        language: str | None = session["language"]
        return language

    await fridges.add(sent(CHAT), items(item, "milk"), clock.now)
    assert await remembered() is None
    for name, language in (("egg", "ko"), ("tofu", "en")):
        await fridges.add(sent(CHAT), items(item, name), clock.now, language=language)
        assert await remembered() == language
    await fridges.add(sent(CHAT), items(item, "quark"), clock.now)
    await fridges.remove(sent(CHAT), [item("milk").key], clock.now)
    assert await remembered() == "en"


async def test_fifty_simultaneous_adds_of_the_same_items_give_each_once(
    fridges: FridgeRepository, tables: Tables, clock: Clock
) -> None:
    wanted = numbered(10)

    results = await asyncio.gather(
        *(fridges.add(sent(CHAT), wanted, clock.now + timedelta(milliseconds=n)) for n in range(50))
    )

    added = [
        key
        for result in results
        for key, outcome in result.outcomes.items()
        if outcome is Outcome.ADDED
    ]
    assert sorted(added) == sorted(item.key for item in wanted)
    assert len(await tables.items(CHAT)) == 10
    assert len((await fridges.list(CHAT, clock.now + timedelta(seconds=1))).items) == 10


async def test_simultaneous_adds_fill_a_fridge_to_the_brim_and_no_further(
    fridges: FridgeRepository, tables: Tables, clock: Clock
) -> None:
    results = await asyncio.gather(
        *(fridges.add(sent(CHAT), numbered(50, start=50 * n), clock.now) for n in range(15))
    )

    outcomes = [outcome for result in results for outcome in result.outcomes.values()]
    assert outcomes.count(Outcome.ADDED) == MAX_ITEMS
    assert outcomes.count(Outcome.NO_ROOM) == 15 * 50 - MAX_ITEMS
    assert len(await tables.items(CHAT)) == MAX_ITEMS


async def test_simultaneous_removes_take_each_item_out_once(
    fridges: FridgeRepository, clock: Clock
) -> None:
    held = numbered(50)
    await fridges.add(sent(CHAT), held, clock.now)
    keys = [item.key for item in held]

    results = await asyncio.gather(
        *(fridges.remove(sent(CHAT), keys[n:] + keys[:n], clock.now) for n in range(20))
    )

    removed = [key for result in results for key in result.keys]
    assert sorted(removed) == sorted(keys)


async def test_two_simultaneous_looks_at_an_idle_fridge_both_see_it(
    fridges: FridgeRepository, clock: Clock, item: Item
) -> None:
    await fridges.add(sent(CHAT), items(item, "milk"), clock.now)
    clock.advance(hours=1)

    looks = await asyncio.gather(*(fridges.list(CHAT, clock.now) for _ in range(20)))

    assert [len(look.items) for look in looks] == [1] * 20


async def test_simultaneous_adds_to_an_expired_fridge_begin_one_new_life(
    fridges: FridgeRepository, clock: Clock, item: Item
) -> None:
    await fridges.add(sent(CHAT), items(item, "milk"), clock.now)
    clock.advance(hours=25)

    await asyncio.gather(
        *(
            fridges.add(sent(CHAT), numbered(5, start=5 * n), clock.now - timedelta(milliseconds=n))
            for n in range(20)
        )
    )

    assert len(await names_in(fridges, clock)) == 100
    assert "milk" not in await names_in(fridges, clock)


async def test_purging_leaves_what_was_used_since_it_expired_in_the_books(
    fridges: FridgeRepository, sessions: SessionRepository, clock: Clock, item: Item
) -> None:
    await fridges.add(sent(CHAT), items(item, "milk"), clock.now)
    clock.advance(hours=23)
    await fridges.list(CHAT, clock.now)
    clock.advance(hours=2)

    assert await sessions.purge_expired(clock.now) == 0
    assert await names_in(fridges, clock) == ["milk"]
