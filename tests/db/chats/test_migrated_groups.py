import asyncio
import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from db.chats.migrated_groups import MigratedGroupRepository
from db.chats.settings import ChatRepository, ChosenSettings
from db.connection.database import create_engine
from db.connection.errors import DatabaseAway
from db.fridges.repository import FridgeRepository
from db.fridges.sessions import SessionRepository
from fridge.items import ItemKey, NewItem
from fridge.lifetime import Lifetime
from fridge.outcomes import Outcome
from tests.conftest import Clock
from tests.db.requests import sent
from tests.db.tables import Tables
from tools.chaos.faults.postgres import PostgresFaultProxy

OLD: Final = -4001
NEW: Final = -1_002_003_004_005
OTHER: Final = -4002
HOUR: Final = timedelta(hours=1)


def things(*names: str) -> Sequence[NewItem]:
    return [NewItem(ItemKey(0, name), name.title()) for name in names]


def numbered(count: int, start: int = 0) -> Sequence[NewItem]:
    return things(*(f"thing{n}" for n in range(start, start + count)))


@pytest.fixture
def groups(engine: AsyncEngine, lifetime: Lifetime) -> MigratedGroupRepository:
    return MigratedGroupRepository(engine, lifetime)


@pytest.fixture
def chats(engine: AsyncEngine) -> ChatRepository:
    return ChatRepository(engine)


async def times_in(fridges: FridgeRepository, chat: int, now: datetime) -> Mapping[str, datetime]:
    """When what somebody sees in a fridge was added."""
    fridge = await fridges.list(chat, now)
    return {item.name: item.added_at for item in fridge.items}


async def add_in_turn(
    fridges: FridgeRepository, chat: int, clock: Clock, *names: str
) -> Mapping[str, datetime]:
    """Add one thing each minute."""
    times: dict[str, datetime] = {}
    for item in things(*names):
        times[item.name] = clock.advance(minutes=1)
        await fridges.add(sent(chat), [item], clock.now)
    return times


async def assert_gone(tables: Tables, chats: ChatRepository, chat: int) -> None:
    assert await tables.session(chat) is None
    assert await tables.items(chat) == []
    assert await chats.language(chat) is None


async def put_warning(
    tables: Tables, chat: int, items: Mapping[str, Sequence[str]], *times: datetime | None
) -> None:
    names = ("used", "created", "expires", "claimed", "sent")
    await tables.run(
        "INSERT INTO expiry_warnings"
        " (chat_id, last_accessed, created_at, expires_at, claimed_at, sent_at, items)"
        " VALUES (:chat, :used, :created, :expires, :claimed, :sent, :items)",
        chat=chat,
        items=json.dumps(items),
        **dict(zip(names, times, strict=True)),
    )


async def warnings_in(engine: AsyncEngine) -> Mapping[int, Sequence[object]]:
    """The warning of each chat: its times, and what it lists."""
    async with engine.connect() as connection:
        rows = await connection.execute(
            text(
                "SELECT chat_id, last_accessed, created_at, expires_at, claimed_at, sent_at, items"
                " FROM expiry_warnings"
            )
        )
        return {chat: tuple(warning) for chat, *warning in rows}


async def test_everything_goes_to_the_new_chat_as_it_is(
    groups: MigratedGroupRepository,
    fridges: FridgeRepository,
    chats: ChatRepository,
    tables: Tables,
    clock: Clock,
) -> None:
    times = await add_in_turn(fridges, OLD, clock, "milk", "egg", "quark")
    await chats.choose(sent(OLD), clock.now, language="ko")
    before = await fridges.list(OLD, clock.now)
    clock.advance(hours=5)

    await groups.move(OLD, NEW, clock.now)

    await assert_gone(tables, chats, OLD)
    after = await fridges.list(NEW, clock.now - timedelta(hours=5))  # as if used then
    assert after == before
    assert await times_in(fridges, NEW, clock.now) == times
    session = await tables.session(NEW)
    assert session is not None
    assert session["created_at"] == times["Milk"]
    assert session["expires_at"] == times["Milk"] + timedelta(hours=24)


async def test_all_settings_go_along_and_fill_what_the_new_chat_has_not_chosen(
    groups: MigratedGroupRepository,
    fridges: FridgeRepository,
    chats: ChatRepository,
    tables: Tables,
    clock: Clock,
) -> None:
    await fridges.add(sent(OLD), things("milk"), clock.now)
    await tables.run("UPDATE user_fridge_sessions SET language = 'ko'")
    await chats.choose(sent(OLD), clock.now, language="ko", time_zone="Asia/Seoul")
    await chats.choose(sent(OLD), clock.now, warnings=False)
    await chats.choose(sent(NEW), clock.now, time_zone="Europe/Paris")

    await groups.move(OLD, NEW, clock.now)

    moved = ChosenSettings("ko", "Europe/Paris", warnings=False, session_language="ko")
    assert await chats.settings(NEW) == moved
    assert await chats.settings(OLD) == ChosenSettings()


@pytest.mark.parametrize("is_sent", [True, False])
async def test_the_warning_goes_along_so_that_it_is_not_given_again(
    groups: MigratedGroupRepository,
    tables: Tables,
    engine: AsyncEngine,
    clock: Clock,
    *,
    is_sent: bool,
) -> None:
    items = {"names": ["milk"]}
    used, created, expires, claimed = (clock.now + timedelta(hours=n) for n in range(4))
    sent_at = clock.now + timedelta(hours=4) if is_sent else None
    for chat in (OLD, OTHER):
        await put_warning(tables, chat, items, used, created, expires, claimed, sent_at)

    for _ in range(2):
        await groups.move(OLD, NEW, clock.now)

    warning = (used, created, expires, claimed, sent_at, items)
    assert await warnings_in(engine) == {NEW: warning, OTHER: warning}


async def test_the_warning_that_the_new_chat_has_had_itself_stays(
    groups: MigratedGroupRepository, tables: Tables, engine: AsyncEngine, clock: Clock
) -> None:
    for chat, name in ((OLD, "milk"), (NEW, "tofu")):
        await put_warning(tables, chat, {"names": [name]}, *[clock.now] * 5)

    await groups.move(OLD, NEW, clock.now)

    assert await warnings_in(engine) == {NEW: (*[clock.now] * 5, {"names": ["tofu"]})}


async def test_a_move_is_no_use_and_lets_nothing_live_longer(
    groups: MigratedGroupRepository,
    fridges: FridgeRepository,
    sessions: SessionRepository,
    clock: Clock,
) -> None:
    await fridges.add(sent(OLD), things("milk"), clock.now)
    clock.advance(hours=23)
    await groups.move(OLD, NEW, clock.now)
    clock.advance(hours=1)

    assert (await fridges.list(NEW, clock.now)).items == []
    assert await sessions.purge_expired(clock.now) == 1


async def test_the_same_news_again_changes_nothing(
    groups: MigratedGroupRepository,
    fridges: FridgeRepository,
    chats: ChatRepository,
    tables: Tables,
    clock: Clock,
) -> None:
    await add_in_turn(fridges, OLD, clock, "milk", "egg")
    await chats.choose(sent(OLD), clock.now, language="ko")
    await groups.move(OLD, NEW, clock.now)
    await fridges.remove(sent(NEW), [ItemKey(0, "milk")], clock.now)
    await chats.choose(sent(NEW), clock.now, language="en")
    before = (await tables.session(NEW), await tables.items(NEW))
    clock.advance(hours=1)

    await groups.move(OLD, NEW, clock.now)

    assert (await tables.session(NEW), await tables.items(NEW)) == before
    assert await chats.language(NEW) == "en"


async def test_a_chat_that_moves_to_itself_keeps_its_fridge(
    groups: MigratedGroupRepository, fridges: FridgeRepository, clock: Clock
) -> None:
    times = await add_in_turn(fridges, OLD, clock, "milk")

    await groups.move(OLD, OLD, clock.now)

    assert await times_in(fridges, OLD, clock.now) == times


async def test_news_of_a_chat_without_anything_makes_nothing(
    groups: MigratedGroupRepository, chats: ChatRepository, tables: Tables, clock: Clock
) -> None:
    await groups.move(OLD, NEW, clock.now)

    await assert_gone(tables, chats, NEW)


async def test_where_the_new_chat_was_used_before_the_news_both_fridges_become_one(
    groups: MigratedGroupRepository,
    fridges: FridgeRepository,
    chats: ChatRepository,
    tables: Tables,
    clock: Clock,
) -> None:
    await add_in_turn(fridges, OLD, clock, "milk", "egg")
    clock.advance(hours=1)
    own = await add_in_turn(fridges, NEW, clock, "egg", "tofu")
    clock.advance(hours=1)

    await groups.move(OLD, NEW, clock.now)

    await assert_gone(tables, chats, OLD)
    times = await times_in(fridges, NEW, clock.now)
    assert times.keys() == {"Milk", "Egg", "Tofu"}
    assert times.items() >= own.items()


@pytest.mark.parametrize(("first", "last"), [(NEW, OLD), (OLD, NEW)])
async def test_the_fridge_lives_as_long_as_the_longer_of_both(
    groups: MigratedGroupRepository,
    fridges: FridgeRepository,
    clock: Clock,
    first: int,
    last: int,
) -> None:
    await fridges.add(sent(first), things("tofu"), clock.now)
    clock.advance(hours=5)
    await fridges.add(sent(last), things("milk"), clock.now)
    last_use = clock.advance(hours=5)
    await fridges.list(last, last_use)
    clock.advance(hours=1)
    await groups.move(OLD, NEW, clock.now)
    clock.now = last_use + timedelta(hours=24, microseconds=-1)

    assert (await times_in(fridges, NEW, clock.now)).keys() == {"Milk", "Tofu"}


@pytest.mark.parametrize("longer", [OLD, NEW])
async def test_a_written_expiry_that_is_later_than_the_last_use_tells_goes_along(
    groups: MigratedGroupRepository, tables: Tables, clock: Clock, longer: int
) -> None:
    now = clock.now
    for chat in (OLD, NEW):  # as by a longer life that was set before
        hours = 40 if chat == longer else 30
        await put_fridge(tables, chat, now - HOUR, now + hours * HOUR, now - HOUR)

    await groups.move(OLD, NEW, now)

    session = await tables.session(NEW)
    assert session is not None
    assert session["expires_at"] == now + 40 * HOUR


@pytest.mark.parametrize(
    ("expires_in", "used_before"),
    [(HOUR, 25 * HOUR), (-HOUR, HOUR)],
    ids=["by its written expiry", "by its last use"],
)
async def test_fridges_that_live_by_one_bound_alone_become_one(
    *,
    groups: MigratedGroupRepository,
    fridges: FridgeRepository,
    tables: Tables,
    clock: Clock,
    expires_in: timedelta,
    used_before: timedelta,
) -> None:
    now = clock.now
    for chat in (OLD, NEW):
        await put_fridge(tables, chat, now - 30 * HOUR, now + expires_in, now - used_before)

    await groups.move(OLD, NEW, now)

    assert (await times_in(fridges, NEW, now)).keys() == {f"Of {OLD}", f"Of {NEW}"}


async def put_fridge(
    tables: Tables, chat: int, created_at: datetime, expires_at: datetime, last_accessed: datetime
) -> None:
    """A fridge with one thing in it, as old as the fridge."""
    await tables.put_session(
        chat, created_at=created_at, expires_at=expires_at, last_accessed=last_accessed
    )
    await tables.run(
        "INSERT INTO user_fridge_ingredients (chat_id, ingredient_id, name_key, name, added_at)"
        " VALUES (:chat, 0, :key, :name, :added_at)",
        chat=chat,
        key=f"of {chat}",
        name=f"Of {chat}",
        added_at=created_at,
    )


async def test_what_the_new_chat_had_expires_to_the_microsecond(
    groups: MigratedGroupRepository, fridges: FridgeRepository, clock: Clock
) -> None:
    await fridges.add(sent(NEW), things("tofu"), clock.now)
    clock.advance(hours=1)
    await fridges.add(sent(OLD), things("milk"), clock.now)
    clock.advance(hours=23)

    await groups.move(OLD, NEW, clock.now)

    assert (await times_in(fridges, NEW, clock.now)).keys() == {"Milk"}


async def test_a_command_that_waits_for_the_move_is_carried_out_on_both_fridges(
    groups: MigratedGroupRepository, fridges: FridgeRepository, tables: Tables, clock: Clock
) -> None:
    for chat in (OLD, NEW):
        await fridges.add(sent(chat), things("milk"), clock.now)
    before = await tables.session(NEW)

    await groups.move(OLD, NEW, clock.now)

    # A statement that has seen another revision is run again.
    after = await tables.session(NEW)
    assert before is not None
    assert after is not None
    assert after["revision"] > before["revision"]


async def test_nothing_of_any_other_chat_is_moved_or_changed(
    groups: MigratedGroupRepository,
    fridges: FridgeRepository,
    chats: ChatRepository,
    tables: Tables,
    clock: Clock,
) -> None:
    await add_in_turn(fridges, OTHER, clock, "salt", "rice")
    await chats.choose(sent(OTHER), clock.now, language="ko")
    before = (await tables.session(OTHER), await tables.items(OTHER))
    await add_in_turn(fridges, OLD, clock, "milk")
    await chats.choose(sent(OLD), clock.now, language="en")
    await add_in_turn(fridges, NEW, clock, "tofu")

    await groups.move(OLD, NEW, clock.now)
    await groups.move(OLD, NEW, clock.now)

    assert (await tables.session(OTHER), await tables.items(OTHER)) == before
    assert await chats.language(OTHER) == "ko"
    assert (await times_in(fridges, NEW, clock.now)).keys() == {"Milk", "Tofu"}
    assert await chats.language(NEW) == "en"


async def test_what_the_new_chat_chose_itself_stays(
    groups: MigratedGroupRepository,
    fridges: FridgeRepository,
    chats: ChatRepository,
    tables: Tables,
    clock: Clock,
) -> None:
    for chat, language, zone in ((OLD, "ko", "Asia/Seoul"), (NEW, "en", "Europe/Paris")):
        await fridges.add(sent(chat), things("milk"), clock.now, language=language)
        await chats.choose(sent(chat), clock.now, language=language, time_zone=zone)
        await chats.choose(sent(chat), clock.now, warnings=chat == NEW)

    await groups.move(OLD, NEW, clock.now)

    assert await chats.settings(NEW) == ChosenSettings(
        "en", "Europe/Paris", warnings=True, session_language="en"
    )
    await assert_gone(tables, chats, OLD)


async def test_what_the_new_chat_has_not_chosen_and_nobody_spoke_comes_from_the_old_one(
    groups: MigratedGroupRepository,
    fridges: FridgeRepository,
    chats: ChatRepository,
    clock: Clock,
) -> None:
    await fridges.add(sent(OLD), things("milk"), clock.now, language="ko")
    await fridges.add(sent(NEW), things("tofu"), clock.now)
    await chats.choose(sent(OLD), clock.now, time_zone="Asia/Seoul")
    await chats.choose(sent(NEW), clock.now, language="en")

    await groups.move(OLD, NEW, clock.now)

    assert await chats.settings(NEW) == ChosenSettings("en", "Asia/Seoul", session_language="ko")


async def test_what_comes_to_the_old_chat_after_the_move_is_moved_by_the_next_news(
    groups: MigratedGroupRepository,
    fridges: FridgeRepository,
    chats: ChatRepository,
    tables: Tables,
    clock: Clock,
) -> None:
    times = await add_in_turn(fridges, OLD, clock, "milk", "egg")
    await groups.move(OLD, NEW, clock.now)
    late = await add_in_turn(fridges, OLD, clock, "egg", "tofu")

    await groups.move(OLD, NEW, clock.now)

    await assert_gone(tables, chats, OLD)
    assert await times_in(fridges, NEW, clock.now) == {**times, "Tofu": late["Tofu"]}


async def test_a_fridge_that_lives_by_its_last_use_alone_is_moved(
    groups: MigratedGroupRepository, fridges: FridgeRepository, clock: Clock
) -> None:
    times = await add_in_turn(fridges, OLD, clock, "milk")
    clock.advance(hours=23)
    await fridges.list(OLD, clock.now)
    clock.advance(hours=23)

    await groups.move(OLD, NEW, clock.now)

    assert await times_in(fridges, NEW, clock.now) == times


async def test_an_expired_fridge_is_not_moved_but_the_language_is(
    groups: MigratedGroupRepository,
    fridges: FridgeRepository,
    chats: ChatRepository,
    tables: Tables,
    clock: Clock,
) -> None:
    await add_in_turn(fridges, OLD, clock, "milk")
    await chats.choose(sent(OLD), clock.now, language="ko")
    clock.advance(hours=24)
    await fridges.add(sent(NEW), things("tofu"), clock.now)
    before = await tables.session(NEW)

    await groups.move(OLD, NEW, clock.now)

    assert await tables.session(NEW) == before
    assert (await times_in(fridges, NEW, clock.now)).keys() == {"Tofu"}
    assert await chats.language(NEW) == "ko"


async def test_what_is_of_an_earlier_life_of_the_old_chat_is_not_moved(
    groups: MigratedGroupRepository, fridges: FridgeRepository, tables: Tables, clock: Clock
) -> None:
    await fridges.add(sent(OLD), things("milk"), clock.now)
    await tables.run(
        "INSERT INTO user_fridge_ingredients VALUES (:chat, 0, 'old', 'Old', :time)",
        chat=OLD,
        time=clock.now - timedelta(days=2),
    )

    await groups.move(OLD, NEW, clock.now)

    assert [row["name"] for row in await tables.items(NEW)] == ["Milk"]
    assert await tables.items(OLD) == []


async def test_what_the_new_chat_has_outlived_does_not_come_back(
    groups: MigratedGroupRepository,
    fridges: FridgeRepository,
    sessions: SessionRepository,
    clock: Clock,
) -> None:
    await fridges.add(sent(NEW), things("tofu", "egg"), clock.now)
    clock.advance(hours=20)
    await fridges.add(sent(OLD), things("milk", "egg"), clock.now)
    clock.advance(hours=5)

    await groups.move(OLD, NEW, clock.now)

    assert (await times_in(fridges, NEW, clock.now)).keys() == {"Milk", "Egg"}
    assert await sessions.purge_expired(clock.now) == 0
    again = await fridges.add(sent(NEW), things("tofu"), clock.now)
    assert again.count == 3
    clock.advance(hours=23)
    assert len((await fridges.list(NEW, clock.now)).items) == 3


async def test_no_item_is_lost_though_both_fridges_are_full(
    groups: MigratedGroupRepository, fridges: FridgeRepository, clock: Clock
) -> None:
    for start in range(0, 500, 50):
        await fridges.add(sent(OLD), numbered(50, start), clock.now)
        await fridges.add(sent(NEW), numbered(50, start + 400), clock.now)

    await groups.move(OLD, NEW, clock.now)

    every = {item.name for item in numbered(900)}
    assert (await times_in(fridges, NEW, clock.now)).keys() == every
    more = await fridges.add(sent(NEW), things("more", "thing7"), clock.now)
    assert list(more.outcomes.values()) == [Outcome.NO_ROOM, Outcome.ALREADY_THERE]
    assert more.count == 900
    cleared = await fridges.clear(sent(NEW), clock.now, clock.now)
    assert cleared.count == 900


async def test_the_same_news_many_times_at_once_is_one_move(
    groups: MigratedGroupRepository,
    fridges: FridgeRepository,
    chats: ChatRepository,
    tables: Tables,
    clock: Clock,
) -> None:
    times = await add_in_turn(fridges, OLD, clock, "milk", "egg", "quark")
    await chats.choose(sent(OLD), clock.now, language="ko")

    await asyncio.gather(*(groups.move(OLD, NEW, clock.now) for _ in range(20)))

    await assert_gone(tables, chats, OLD)
    assert await times_in(fridges, NEW, clock.now) == times
    assert await chats.language(NEW) == "ko"


async def test_nothing_is_lost_that_is_added_to_either_chat_meanwhile(
    groups: MigratedGroupRepository,
    fridges: FridgeRepository,
    chats: ChatRepository,
    tables: Tables,
    clock: Clock,
) -> None:
    await fridges.add(sent(OLD), things("milk"), clock.now)
    begin = clock.advance(minutes=1)

    async def add_all(chat: int, items: Sequence[NewItem]) -> None:
        for number, item in enumerate(items):
            now = begin + timedelta(milliseconds=number)
            added = await fridges.add(sent(chat), [item], now)
            assert added.outcomes == {item.key: Outcome.ADDED}

    async def move_often() -> None:
        for number in range(20):
            await groups.move(OLD, NEW, begin + timedelta(milliseconds=number))

    every = numbered(60)
    await asyncio.gather(
        *(add_all(OLD, every[start : start + 10]) for start in (0, 10, 20)),
        *(add_all(NEW, every[start : start + 10]) for start in (30, 40, 50)),
        move_often(),
        move_often(),
    )
    clock.advance(minutes=1)
    await groups.move(OLD, NEW, clock.now)

    await assert_gone(tables, chats, OLD)
    held = await times_in(fridges, NEW, clock.now)
    assert held.keys() == {"Milk", *(item.name for item in every)}


async def test_a_request_of_the_old_chat_that_is_delivered_again_stays_without_effect(
    groups: MigratedGroupRepository,
    fridges: FridgeRepository,
    chats: ChatRepository,
    tables: Tables,
    clock: Clock,
) -> None:
    key = sent(OLD)
    first = await fridges.add(key, things("milk"), clock.now)
    await groups.move(OLD, NEW, clock.now)
    await fridges.remove(sent(NEW), [ItemKey(0, "milk")], clock.now)

    assert await fridges.add(key, things("milk"), clock.now) == first

    await assert_gone(tables, chats, OLD)
    assert await tables.items(NEW) == []


@pytest.mark.parametrize(
    "cut_at",
    [
        b"UPDATE user_fridge_sessions",
        b"SELECT ingredient_id",
        b"INSERT INTO user_fridge_sessions",
        b"INSERT INTO user_fridge_ingredients",
        b"DELETE FROM user_fridge_sessions",
        b"DELETE FROM chat_settings",
        b"INSERT INTO chat_settings",
        b"DELETE FROM expiry_warnings",
        b"COMMIT;",
    ],
)
async def test_a_move_that_is_cut_off_anywhere_is_whole_or_nothing_and_may_be_done_again(
    *,
    cut_at: bytes,
    database_url: str,
    fridges: FridgeRepository,
    chats: ChatRepository,
    lifetime: Lifetime,
    clock: Clock,
) -> None:
    times = await add_in_turn(fridges, OLD, clock, "milk", "egg")
    await chats.choose(sent(OLD), clock.now, language="ko")

    async with PostgresFaultProxy(database_url) as proxy:
        engine = create_engine(proxy.url)
        groups = MigratedGroupRepository(engine, lifetime)
        cut = proxy.cut_answers(containing=cut_at)
        with pytest.raises(DatabaseAway):
            await groups.move(OLD, NEW, clock.now)
        assert cut.happened == 1
        whole, nothing = (NEW, OLD) if cut_at == b"COMMIT;" else (OLD, NEW)
        assert await times_in(fridges, whole, clock.now) == times
        assert await times_in(fridges, nothing, clock.now) == {}
        assert [await chats.language(chat) for chat in (whole, nothing)] == ["ko", None]

        await groups.move(OLD, NEW, clock.now)
        await engine.dispose()

    assert await times_in(fridges, NEW, clock.now) == times
    assert await chats.language(NEW) == "ko"
