import asyncio
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from db.chats.forgetting import QUESTION_LIFE, ForgettingRepository, Stored
from db.chats.settings import ChatRepository, ChosenSettings
from db.connection.database import create_engine
from db.connection.errors import DatabaseAway
from db.fridges.repository import FridgeRepository
from db.updates.failed_updates import FailedUpdateRepository
from db.updates.handled_requests import HandledRequestRepository
from db.updates.recorded_outcomes import RecordedOutcome
from fridge.items import ItemKey, NewItem
from fridge.request_keys import RequestKey, RequestKind
from tests.conftest import Clock
from tests.db.conftest import CHAT, OTHER_CHAT
from tests.db.requests import sent
from tests.db.tables import Tables
from tools.chaos.faults.postgres import PostgresFaultProxy

MILK: Final = NewItem(ItemKey(0, "oat milk"), "Oat milk")
TABLES: Final = (
    "user_fridge_sessions",
    "user_fridge_ingredients",
    "chat_settings",
    "expiry_warnings",
    "unreachable_chats",
    "failed_updates",
)


class Signed(RecordedOutcome):
    """An outcome with a text."""

    by: str


class Offered(Signed):
    """An outcome with a list and a number, too."""

    names: list[str]
    count: int


class House:
    """A chat with something in each table, and the repositories that put it there."""

    def __init__(self, engine: AsyncEngine, fridges: FridgeRepository, clock: Clock) -> None:
        self._engine = engine
        self._clock = clock
        self.fridges = fridges
        self.tables = Tables(engine)
        self.chats = ChatRepository(engine)
        self.forgetting = ForgettingRepository(engine)

    async def fill(self, chat: int) -> None:
        now = self._clock.now
        await self.fridges.add(sent(chat), [MILK], now)
        await self.chats.choose(sent(chat), now, time_zone="Asia/Seoul")
        await FailedUpdateRepository(self._engine).record(chat, 1, "oat milk", "", now)
        await HandledRequestRepository(self._engine).record(
            sent(chat).to(RequestKind.IMPORT),
            Offered(names=["oat milk"], by="oat milk", count=1),
            now,
        )
        await self.tables.run(
            "INSERT INTO expiry_warnings"
            " VALUES (:chat_id, :now, :now, :now, :now, :now, CAST(:items AS jsonb))",
            chat_id=chat,
            now=now,
            items='{"names": ["oat milk"]}',
        )
        await HandledRequestRepository(self._engine).record(
            RequestKey(chat, "m5").to(RequestKind.IMPORT), Signed(by="oat milk"), now
        )
        await HandledRequestRepository(self._engine).record(
            RequestKey(chat, "m6").to(RequestKind.IMPORT),
            Signed(by="oat milk") if chat == CHAT else RecordedOutcome(),
            now,
        )
        await HandledRequestRepository(self._engine).record(
            sent(chat).to(RequestKind.IMPORT), RecordedOutcome(), now
        )
        await self.tables.run(
            "INSERT INTO unreachable_chats VALUES (:chat_id, :now)", chat_id=chat, now=now
        )

    async def counts(self, chat: int) -> Mapping[str, int]:
        """How many rows of a chat each table holds, but for the requests."""
        async with self._engine.connect() as connection:
            counts = {
                table: await connection.execute(
                    text(f"SELECT count(*) FROM {table} WHERE chat_id = :chat_id"),
                    {"chat_id": chat},
                )
                for table in TABLES
            }
        return {table: count.scalar_one() for table, count in counts.items()}

    async def outcomes(self, chat: int) -> Mapping[str, Mapping[str, Any]]:
        """What is recorded of a chat's requests."""
        async with self._engine.connect() as connection:
            rows = await connection.execute(
                text("SELECT request, outcome FROM handled_requests WHERE chat_id = :chat_id"),
                {"chat_id": chat},
            )
            return {row.request: row.outcome for row in rows}


@pytest.fixture
async def house(engine: AsyncEngine, fridges: FridgeRepository, clock: Clock) -> House:
    house = House(engine, fridges, clock)
    for chat in (CHAT, OTHER_CHAT):
        await house.fill(chat)
    return house


async def test_forgetting_leaves_nothing_of_the_chat_but_the_names_of_its_requests(
    house: House, clock: Clock
) -> None:
    expected = Stored(items=1, settings=True, warning=True)
    assert await house.forgetting.stored(CHAT) == expected
    names = (await house.outcomes(CHAT)).keys()
    others = await house.outcomes(OTHER_CHAT)
    key = sent(CHAT)

    assert await house.forgetting.forget(key, clock.now, clock.now) == expected

    assert set((await house.counts(CHAT)).values()) == {0}
    outcomes = await house.outcomes(CHAT)
    assert outcomes.keys() == {*names, key.to(RequestKind.FORGET).name}
    assert outcomes[RequestKey(CHAT, "m6").to(RequestKind.IMPORT).name] == {"by": None}
    assert "milk" not in str(outcomes)
    assert "Seoul" not in str(outcomes)
    assert await house.forgetting.stored(CHAT) == Stored(items=0, settings=False, warning=False)
    # Its neighbours are untouched.
    assert set((await house.counts(OTHER_CHAT)).values()) == {1}
    assert await house.outcomes(OTHER_CHAT) == others


async def test_what_was_done_before_and_comes_again_brings_nothing_back(
    house: House, clock: Clock
) -> None:
    keys = [sent(CHAT) for _ in range(6)]
    now = clock.now
    cheese = NewItem(ItemKey(0, "cheese"), "Cheese")

    async def ask_everything() -> None:
        await house.fridges.add(keys[0], [MILK, cheese], now)
        await house.fridges.remove(keys[1], [MILK.key], now)
        await house.fridges.take(keys[2], cheese.key.reference, now)
        await house.fridges.undo(keys[3], keys[2].to(RequestKind.TAKE), now)
        await house.fridges.keep(keys[4], now)
        await house.chats.choose(keys[5], now, warnings=False)

    await ask_everything()
    await house.forgetting.forget(sent(CHAT), now, now)
    outcomes = await house.outcomes(CHAT)

    await ask_everything()
    undone = await house.fridges.undo(sent(CHAT), keys[1].to(RequestKind.REMOVE), now)

    assert (undone.taken_out, undone.put_back) == ([], [])
    assert set((await house.counts(CHAT)).values()) == {0}
    assert await house.chats.settings(CHAT) == ChosenSettings()
    after = await house.outcomes(CHAT)
    assert {request: after[request] for request in outcomes} == outcomes


async def test_a_confirmation_that_comes_again_deletes_nothing_and_is_answered_alike(
    house: House, clock: Clock
) -> None:
    key = sent(CHAT)
    asked_at = clock.now
    first = await house.forgetting.forget(key, asked_at, clock.now)
    clock.advance(hours=2)
    await house.fill(CHAT)
    await house.forgetting.forget(sent(OTHER_CHAT), clock.now, clock.now)

    assert await house.forgetting.forget(key, asked_at, clock.now) == first

    assert set((await house.counts(CHAT)).values()) == {1}
    assert "oat milk" in str(await house.outcomes(CHAT))
    # Also when the chat has been forgotten once more.
    await house.forgetting.forget(sent(CHAT), clock.now, clock.now)
    assert await house.forgetting.forget(key, asked_at, clock.now) == first


async def test_a_confirmation_counts_to_the_last_moment(house: House, clock: Clock) -> None:
    asked_at = clock.now
    clock.now += QUESTION_LIFE

    assert await house.forgetting.forget(sent(CHAT), asked_at, clock.now) is not None

    assert set((await house.counts(CHAT)).values()) == {0}


async def test_a_confirmation_of_an_old_question_deletes_nothing(
    house: House, clock: Clock
) -> None:
    asked_at = clock.now
    clock.advance(seconds=int(QUESTION_LIFE / timedelta(seconds=1)) + 1)

    assert await house.forgetting.forget(sent(CHAT), asked_at, clock.now) is None

    assert set((await house.counts(CHAT)).values()) == {1}
    assert "oat milk" in str(await house.outcomes(CHAT))


async def test_confirmations_at_once_delete_once_and_what_is_being_added_stays_or_goes_whole(
    house: House, clock: Clock
) -> None:
    key = sent(CHAT)
    items = [NewItem(ItemKey(0, f"thing{number}"), f"Thing {number}") for number in range(12)]

    async def add_all() -> None:
        for item in items:
            await house.fridges.add(sent(CHAT), [item], clock.now)

    _, *answers = await asyncio.gather(
        add_all(), *(house.forgetting.forget(key, clock.now, clock.now) for _ in range(4))
    )

    [answer] = set(answers)
    assert answer is not None
    held = {row["name"] for row in await house.tables.items(CHAT)}
    recorded = str(await house.outcomes(CHAT))
    assert len(held) + answer.items == 1 + len(items)
    assert {item.name for item in items if repr(item.key.name_key) in recorded} == held


@pytest.mark.parametrize("cut_at", [b"FOR UPDATE", b"DELETE FROM", b"UPDATE handled", b"COMMIT;"])
async def test_forgetting_that_is_cut_off_is_whole_or_nothing_and_may_be_done_again(
    *, cut_at: bytes, database_url: str, house: House, clock: Clock
) -> None:
    key = sent(CHAT)
    async with PostgresFaultProxy(database_url) as proxy:
        engine = create_engine(proxy.url)
        forgetting = ForgettingRepository(engine)
        cut = proxy.cut_answers(containing=cut_at)
        with pytest.raises(DatabaseAway):
            await forgetting.forget(key, clock.now, clock.now)
        assert cut.happened == 1
        left = 0 if cut_at == b"COMMIT;" else 1
        assert set((await house.counts(CHAT)).values()) == {left}

        again = await forgetting.forget(key, clock.now, clock.now)
        await engine.dispose()

    assert again == Stored(items=1, settings=True, warning=True)
    assert set((await house.counts(CHAT)).values()) == {0}
