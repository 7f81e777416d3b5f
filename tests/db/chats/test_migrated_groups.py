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


async def test_the_warning_goes_along_so_that_it_is_not_given_again(
    groups: MigratedGroupRepository, tables: Tables, engine: AsyncEngine, clock: Clock
) -> None:
    items = {"names": ["milk"]}
    await tables.run(
        "INSERT INTO expiry_warnings VALUES (:chat_id, :now, :now, :now, :now, NULL, :items)",
        chat_id=OLD,
        now=clock.now,
        items=json.dumps(items),
    )

    for _ in range(2):
        await groups.move(OLD, NEW, clock.now)

    async with engine.connect() as connection:
        [row] = (await connection.execute(text("SELECT * FROM expiry_warnings"))).all()
    assert row == (NEW, clock.now, clock.now, clock.now, clock.now, None, items)


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


async def test_the_fridge_lives_as_long_as_the_longer_of_both(
    groups: MigratedGroupRepository, fridges: FridgeRepository, clock: Clock
) -> None:
    await fridges.add(sent(NEW), things("tofu"), clock.now)
    clock.advance(hours=5)
    await fridges.add(sent(OLD), things("milk"), clock.now)
    last_use = clock.advance(hours=5)
    await fridges.list(OLD, last_use)
    clock.advance(hours=1)
    await groups.move(OLD, NEW, clock.now)
    clock.now = last_use + timedelta(hours=24, microseconds=-1)

    assert (await times_in(fridges, NEW, clock.now)).keys() == {"Milk", "Tofu"}


async def test_the_language_that_the_new_chat_chose_itself_stays(
    groups: MigratedGroupRepository, chats: ChatRepository, tables: Tables, clock: Clock
) -> None:
    await chats.choose(sent(OLD), clock.now, language="ko")
    await chats.choose(sent(NEW), clock.now, language="en")

    await groups.move(OLD, NEW, clock.now)

    assert await chats.language(NEW) == "en"
    await assert_gone(tables, chats, OLD)


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
