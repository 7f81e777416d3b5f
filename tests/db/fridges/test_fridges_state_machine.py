"""The repositories on a real database do what a small model of the session semantics does.

The model is written from the semantics alone: a few dictionaries, and no SQL. `MODEL_EXAMPLES=1000`
tries so many sequences.
"""

import asyncio
import os
from collections.abc import Callable, Coroutine, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from enum import Enum
from typing import Any, Final, TypeVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import RowMapping, text

from db.chats.settings import ChatRepository
from db.connection.database import Engine, create_engine
from db.fridges.repository import FridgeRepository
from db.fridges.sessions import SessionRepository
from fridge.items import ItemKey, NewItem
from fridge.lifetime import Lifetime
from fridge.outcomes import (
    Added,
    Cleared,
    Fridge,
    Kept,
    Outcome,
    Removed,
    Replaced,
    Taken,
    TakenEarlier,
    Undone,
)
from fridge.request_keys import RecordKey, RequestKey, RequestKind
from tests.conftest import Clock
from tests.db.conftest import CHAT
from tests.db.requests import by_name, sent
from tests.db.tables import Tables

pytestmark = pytest.mark.slow

Result = TypeVar("Result")
AnyAnswer = Added | Removed | Taken | Replaced | Cleared | Undone | Kept | None
Answer = TypeVar("Answer", bound=AnyAnswer)

EXAMPLES: Final = int(os.environ.get("MODEL_EXAMPLES", "20"))
CHATS: Final = (CHAT, -(2**51))
MAX_ITEMS: Final = 3
START: Final = datetime(2026, 3, 1, 12, 0, 0, 123457, tzinfo=UTC)
MINUTE: Final = timedelta(minutes=1)
MICROSECOND: Final = timedelta(microseconds=1)
SHIFTS: Final = [timedelta(), -MICROSECOND, MICROSECOND]

ITEMS: Final = (
    NewItem(ItemKey(1)),
    NewItem(ItemKey(2)),
    NewItem(ItemKey(0, "quark"), "quark"),
    NewItem(ItemKey(0, "quark"), "Quark"),
    NewItem(ItemKey(0, "할머니소스"), "할머니 소스"),
    NewItem(ItemKey(0, "할머니소스"), "할머니소스"),
    NewItem(ItemKey(0, "1"), "1"),
)
KEYS: Final = sorted({item.key for item in ITEMS})


@dataclass
class ModelItem:
    """Something in a fridge."""

    name: str
    added_at: datetime


@dataclass
class ModelSession:
    """A session. `maybe_accessed` is a use that the semantics let a command record or not."""

    created_at: datetime
    expires_at: datetime
    last_accessed: datetime
    maybe_accessed: datetime | None = None
    items: dict[ItemKey, ModelItem] = field(default_factory=dict[ItemKey, ModelItem])


@dataclass
class ModelChange:
    """What a request changed in a session, and whether that was undone."""

    session: ModelSession | None
    added: dict[ItemKey, ModelItem] = field(default_factory=dict[ItemKey, ModelItem])
    removed: dict[ItemKey, ModelItem] = field(default_factory=dict[ItemKey, ModelItem])
    undone: bool = False


class Model:
    """What the session semantics say, in a process's memory."""

    def __init__(self, ttl: timedelta) -> None:
        self.ttl = ttl
        self.sessions: dict[int, ModelSession] = {}
        self.languages: dict[int, str] = {}

    @property
    def unrecorded(self) -> timedelta:
        """A use less than this after the last one need not be recorded."""
        return min(MINUTE, self.ttl / 20)

    def end(self, session: ModelSession) -> datetime:
        """When a session is no longer live if nobody uses it."""
        return max(session.expires_at, session.last_accessed + self.ttl)

    def promised(self, session: ModelSession, now: datetime) -> datetime:
        """The end that people are told: never later than `ttl` from now after a use to come."""
        return now + self.ttl if session.last_accessed > now else self.end(session)

    def live(self, chat: int, now: datetime) -> ModelSession | None:
        session = self.sessions.get(chat)
        return session if session and self.end(session) > now else None

    def use(
        self, session: ModelSession, now: datetime, *, changed: bool, in_vain: bool = False
    ) -> None:
        """Records a use. Where a change was tried in vain, it may be recorded or not."""
        latest = max(session.last_accessed, now)
        if changed or now - session.last_accessed >= self.unrecorded:
            session.last_accessed = latest
        elif in_vain:
            session.maybe_accessed = latest

    def add(
        self, chat: int, items: Sequence[NewItem], now: datetime
    ) -> tuple[Mapping[ItemKey, Outcome], ModelChange]:
        session = self.live(chat, now)
        if session is None:
            session = self.sessions[chat] = ModelSession(now, now + self.ttl, now)
        outcomes: dict[ItemKey, Outcome] = {}
        change = ModelChange(session)
        for item in items:
            if item.key in session.items:
                outcomes[item.key] = Outcome.ALREADY_THERE
            elif len(session.items) == MAX_ITEMS:
                outcomes[item.key] = Outcome.NO_ROOM
            else:
                added_at = max(now, session.created_at)
                session.items[item.key] = ModelItem(item.name, added_at)
                change.added[item.key] = session.items[item.key]
                outcomes[item.key] = Outcome.ADDED
        self.use(
            session,
            now,
            changed=Outcome.ADDED in outcomes.values(),
            in_vain=Outcome.NO_ROOM in outcomes.values(),
        )
        return outcomes, change

    def remove(self, chat: int, keys: Sequence[ItemKey], now: datetime) -> ModelChange:
        session = self.live(chat, now)
        change = ModelChange(session)
        if session is not None:
            change.removed = {key: session.items.pop(key) for key in keys if key in session.items}
            self.use(session, now, changed=bool(change.removed))
        return change

    def replace(self, chat: int, key: ItemKey, by: NewItem, now: datetime) -> ModelChange:
        change = self.remove(chat, [key] if key != by.key else [], now)
        if change.session is not None and by.key not in change.session.items:
            for before in change.removed.values():
                change.added[by.key] = ModelItem(by.name, before.added_at)
            change.session.items |= change.added
        return change

    def clear(self, chat: int, added_until: datetime, now: datetime) -> ModelChange:
        session = self.live(chat, now)
        if session is None:
            return ModelChange(None)
        removed = {key: item for key, item in session.items.items() if item.added_at <= added_until}
        for key in removed:
            del session.items[key]
        self.use(session, now, changed=bool(removed), in_vain=True)
        return ModelChange(session, removed=removed)

    def undo(self, chat: int, change: ModelChange, now: datetime) -> ModelChange:
        session = self.live(chat, now)
        if session is None:
            return ModelChange(None)
        is_undoable = (
            change.session is session
            and not change.undone
            and bool(change.added or change.removed)
            and all(
                key in session.items and session.items[key].added_at == item.added_at
                for key, item in change.added.items()
            )
            and not change.removed.keys() & session.items.keys()
            and len(session.items) - len(change.added) + len(change.removed) <= MAX_ITEMS
        )
        undoing = ModelChange(session)
        if is_undoable:
            change.undone = True
            undoing.removed = {key: session.items.pop(key) for key in change.added}
            undoing.added = change.removed
            session.items |= change.removed
        self.use(session, now, changed=is_undoable)
        return undoing

    def keep(self, chat: int, now: datetime) -> datetime | None:
        session = self.live(chat, now)
        if session is None:
            return None
        self.use(session, now, changed=True)
        return self.promised(session, now)

    def look(self, chat: int, now: datetime) -> None:
        session = self.live(chat, now)
        if session is not None:
            self.use(session, now, changed=False)

    def extend(self, due: datetime, now: datetime) -> int:
        extended = 0
        for chat, session in self.sessions.items():
            used_until = session.last_accessed + self.ttl
            if self.live(chat, now) and session.expires_at <= due:
                extended += used_until > session.expires_at
                session.expires_at = max(session.expires_at, used_until)
        return extended

    def purge(self, now: datetime) -> int:
        gone = [chat for chat in self.sessions if not self.live(chat, now)]
        for chat in gone:
            del self.sessions[chat]
        return len(gone)

    def count(self, chat: int, now: datetime) -> int:
        session = self.live(chat, now)
        return len(session.items) if session else 0


class Database:
    """A database that is used from code that is not asynchronous, and emptied between runs."""

    def __init__(self, runner: asyncio.Runner, engine: Engine, ttl: timedelta) -> None:
        self._runner = runner
        self._engine = engine
        lifetime = Lifetime(ttl)
        self.ttl = ttl
        self.fridges = FridgeRepository(engine, lifetime)
        self.sessions = SessionRepository(engine, lifetime, batch_size=2)
        self.chats = ChatRepository(engine)

    def run(self, work: Coroutine[Any, Any, Result]) -> Result:
        return self._runner.run(work)

    def empty(self) -> None:
        tables = Tables(self._engine)
        self.run(tables.run("DELETE FROM user_fridge_sessions"))
        self.run(tables.run("DELETE FROM chat_settings"))
        self.run(tables.run("DELETE FROM handled_requests"))

    def read(self) -> tuple[Sequence[RowMapping], Sequence[RowMapping]]:
        """The sessions, and the items of any life of theirs."""
        return self.run(self._read())

    async def _read(self) -> tuple[Sequence[RowMapping], Sequence[RowMapping]]:
        async with self._engine.connect() as connection:
            sessions = await connection.execute(text("SELECT * FROM user_fridge_sessions"))
            items = await connection.execute(text("SELECT * FROM user_fridge_ingredients"))
            return sessions.mappings().all(), items.mappings().all()


chats = st.sampled_from(CHATS)
several_items = st.lists(
    st.sampled_from(ITEMS), min_size=1, max_size=4, unique_by=lambda item: item.key
)
several_keys = st.lists(st.sampled_from(KEYS), min_size=1, max_size=4, unique=True)
# Replicas have clocks of their own: a statement may carry a time that is a little behind.
lags = st.sampled_from([timedelta(), timedelta(), timedelta(), timedelta(seconds=3)])
brief = st.timedeltas(timedelta(), timedelta(seconds=70))
shifts = st.sampled_from(SHIFTS)


class Bound(Enum):
    """A time at which the semantics change for a chat."""

    USE_IS_RECORDED_AGAIN = "a use is recorded again"
    WRITTEN_EXPIRY = "the written expiry"
    END = "the end of the session"


# Things happen at once, or at a bound, or a microsecond before or after it.
Moment = tuple[Bound, timedelta] | None
moments: st.SearchStrategy[Moment] = st.sampled_from(
    [
        *[None] * 12,
        *[(Bound.USE_IS_RECORDED_AGAIN, shift) for shift in SHIFTS * 2],
        *[(bound, shift) for bound in (Bound.WRITTEN_EXPIRY, Bound.END) for shift in SHIFTS],
    ]
)


Change = tuple[RecordKey, ModelChange]


def new_items(items: Mapping[ItemKey, ModelItem]) -> list[NewItem]:
    return [NewItem(key, item.name) for key, item in items.items()]


def in_any_order(items: Sequence[NewItem]) -> Sequence[NewItem]:
    return sorted(items, key=lambda item: item.key)


@dataclass(frozen=True)
class Take:
    """A request to take out an item, when it was made, and what came of it."""

    key: RequestKey
    item: ItemKey
    at: datetime
    change: ModelChange


@dataclass(frozen=True)
class Delivered:
    """A request that was delivered, and its answer."""

    chat: int
    deliver: Callable[[datetime], Coroutine[Any, Any, object]]
    answer: AnyAnswer


class FridgeMachine(RuleBasedStateMachine):
    """Commands of people and runs of jobs, in any order and at any times."""

    def __init__(self, database: Database) -> None:
        super().__init__()
        self.database = database
        self.database.empty()
        self.model = Model(database.ttl)
        self.now = START
        self.asked_at: dict[int, datetime] = {}
        self.delivered: list[Delivered] = []
        self.changes: list[Change] = []
        self.takes: list[Take] = []

    def first_delivery(
        self, chat: int, deliver: Callable[[datetime], Coroutine[Any, Any, Answer]], now: datetime
    ) -> Answer:
        answer = self.database.run(deliver(now))
        self.delivered.append(Delivered(chat, deliver, answer))
        return answer

    def wait_for(self, chat: int, when: Moment) -> datetime:
        """The time at which something happens: now, or at a bound that is still to come."""
        session = self.model.sessions.get(chat)
        if when is not None and session is not None:
            bound, shift = when
            times = {
                Bound.USE_IS_RECORDED_AGAIN: session.last_accessed + self.model.unrecorded,
                Bound.WRITTEN_EXPIRY: session.expires_at,
                Bound.END: self.model.end(session),
            }
            self.now = max(self.now, times[bound] + shift)
        return self.now

    @initialize(items=several_items, other_items=several_items)
    def everybody_has_a_fridge(self, items: list[NewItem], other_items: list[NewItem]) -> None:
        for chat, theirs in zip(CHATS, (items, other_items), strict=True):
            self.add(chat, theirs, None, timedelta())

    @rule(chat=chats, item=st.sampled_from(ITEMS), by=brief)
    def add_one_a_little_later(self, chat: int, item: NewItem, by: timedelta) -> None:
        self.now += by
        self.add(chat, [item], None, timedelta())

    @rule(chat=chats, when=moments)
    def add_again_what_is_there(self, chat: int, when: Moment) -> None:
        if session := self.model.sessions.get(chat):
            there = [NewItem(key, item.name) for key, item in session.items.items()]
            self.add(chat, there or [ITEMS[0]], when, timedelta())

    @rule(chat=chats, items=several_items, when=moments, lag=lags)
    def add(self, chat: int, items: list[NewItem], when: Moment, lag: timedelta) -> None:
        now = self.wait_for(chat, when) - lag
        key = sent(chat)
        result = self.first_delivery(
            chat, lambda at: self.database.fridges.add(key, items, at), now
        )

        outcomes, change = self.model.add(chat, items, now)
        self.changes.append((key.to(RequestKind.ADD), change))
        assert result.outcomes == outcomes
        assert result.count == self.model.count(chat, now)
        assert result.language == self.model.languages.get(chat)

    @rule(chat=chats, keys=several_keys, when=moments, lag=lags)
    def remove(self, chat: int, keys: list[ItemKey], when: Moment, lag: timedelta) -> None:
        now = self.wait_for(chat, when) - lag
        key = sent(chat)
        result = self.first_delivery(
            chat, lambda at: self.database.fridges.remove(key, keys, at), now
        )

        change = self.model.remove(chat, keys, now)
        self.changes.append((key.to(RequestKind.REMOVE), change))
        assert result.keys == change.removed.keys()
        assert result.count == self.model.count(chat, now)
        assert result.language == self.model.languages.get(chat)

    @rule(chat=chats, item=st.sampled_from(KEYS), when=moments, lag=lags)
    def take(self, chat: int, item: ItemKey, when: Moment, lag: timedelta) -> None:
        now = self.wait_for(chat, when) - lag
        key = sent(chat)
        result = self.first_delivery(
            chat, lambda at: self.database.fridges.take(key, item.reference, at), now
        )

        change = self.model.remove(chat, [item], now)
        self.changes.append((key.to(RequestKind.TAKE), change))
        assert ([result.item] if result.item else []) == new_items(change.removed)
        assert result.earlier == (None if change.removed else self.taken_earlier(chat, item, now))
        self.takes.append(Take(key, item, now, change))
        self.check_fridge(result.fridge, chat, now)

    def taken_earlier(self, chat: int, item: ItemKey, now: datetime) -> TakenEarlier | None:
        """The last request that took an item out in this life of the fridge, and was not undone."""
        session = self.model.live(chat, now)
        earlier = [
            one
            for one in self.takes
            if one.change.session is session
            and item in one.change.removed
            and not one.change.undone
        ]
        if session is None or not earlier:
            return None
        last = min(earlier, key=lambda one: (-one.at.timestamp(), one.key.to(RequestKind.TAKE)))
        return TakenEarlier(NewItem(item, last.change.removed[item].name), by_name(last.key))

    @rule(
        chat=chats,
        item=st.sampled_from(KEYS),
        by=st.sampled_from(ITEMS),
        when=moments,
        lag=lags,
    )
    def replace(self, chat: int, item: ItemKey, by: NewItem, when: Moment, lag: timedelta) -> None:
        now = self.wait_for(chat, when) - lag
        key = sent(chat)
        result = self.first_delivery(
            chat, lambda at: self.database.fridges.replace(key, item.reference, by, at), now
        )

        change = self.model.replace(chat, item, by, now)
        self.changes.append((key.to(RequestKind.REPLACE), change))
        assert ([result.before] if result.before else []) == new_items(change.removed)
        assert result.count == self.model.count(chat, now)
        assert result.language == self.model.languages.get(chat)

    @rule(back=st.integers(0, 5), when=moments, lag=lags)
    def undo(self, back: int, when: Moment, lag: timedelta) -> None:
        undone, change = self.changes[-1 - back % len(self.changes)]
        chat = undone.of.chat_id
        now = self.wait_for(chat, when) - lag
        key = sent(chat)
        result = self.first_delivery(
            chat, lambda at: self.database.fridges.undo(key, undone, at), now
        )

        undoing = self.model.undo(chat, change, now)
        self.changes.append((key.to(RequestKind.UNDO), undoing))
        assert in_any_order(result.taken_out) == in_any_order(new_items(undoing.removed))
        assert in_any_order(result.put_back) == in_any_order(new_items(undoing.added))
        self.check_fridge(result.fridge, chat, now)

    @rule(chat=chats, when=moments, lag=lags)
    def look(self, chat: int, when: Moment, lag: timedelta) -> None:
        now = self.wait_for(chat, when) - lag
        found = self.database.run(self.database.fridges.list(chat, now))
        self.model.look(chat, now)

        self.check_fridge(found, chat, now)

    def check_fridge(self, found: Fridge, chat: int, now: datetime) -> None:
        expected = self.model.live(chat, now)
        assert found.language == self.model.languages.get(chat)
        if expected is None:
            assert (list(found.items), found.expires_at) == ([], None)
            return
        assert found.expires_at == self.model.promised(expected, now)
        assert len(found.items) == len(expected.items)
        assert {item.key: ModelItem(item.name, item.added_at) for item in found.items} == (
            expected.items
        )
        by_key = sorted(found.items, key=lambda item: item.key)
        assert list(found.items) == sorted(by_key, key=lambda item: item.added_at, reverse=True)
        assert all(bool(item.name) != bool(item.ko and item.en) for item in found.items)

    @rule(chat=chats)
    def ask_to_clear(self, chat: int) -> None:
        self.asked_at[chat] = self.now

    @rule(chat=chats, shift=shifts, when=moments, lag=lags)
    def clear(self, chat: int, shift: timedelta, when: Moment, lag: timedelta) -> None:
        now = self.wait_for(chat, when) - lag
        added_until = self.asked_at.get(chat, self.now) + shift
        key = sent(chat)
        result = self.first_delivery(
            chat, lambda at: self.database.fridges.clear(key, added_until, at), now
        )

        change = self.model.clear(chat, added_until, now)
        self.changes.append((key.to(RequestKind.CLEAR), change))
        assert result.count == len(change.removed)
        assert result.language == self.model.languages.get(chat)

    @rule(chat=chats, when=moments, lag=lags)
    def keep(self, chat: int, when: Moment, lag: timedelta) -> None:
        now = self.wait_for(chat, when) - lag
        key = sent(chat)
        result = self.first_delivery(chat, lambda at: self.database.fridges.keep(key, at), now)

        assert result.expires_at == self.model.keep(chat, now)
        assert result.count == self.model.count(chat, now)
        assert result.language == self.model.languages.get(chat)

    @rule(chat=chats, language=st.sampled_from(["ko", "en"]))
    def choose_language(self, chat: int, language: str) -> None:
        key = sent(chat)

        async def choose(at: datetime) -> None:
            await self.database.chats.choose(key, at, language=language)

        self.first_delivery(chat, choose, self.now)
        self.model.languages[chat] = language

    @rule(back=st.integers(0, 30), when=moments, lag=lags)
    def deliver_again(self, back: int, when: Moment, lag: timedelta) -> None:
        request = self.delivered[-1 - back % len(self.delivered)]
        now = self.wait_for(request.chat, when) - lag
        before = self.database.read()
        again = self.database.run(request.deliver(now))

        # An answer shows the fridge, and is in the language, that there is when it is given.
        expected = request.answer
        if isinstance(expected, Taken | Undone):
            assert isinstance(again, Taken | Undone)
            self.check_fridge(again.fridge, request.chat, now)
            expected = replace(expected, fridge=again.fridge)
        elif expected is not None:
            expected = replace(expected, language=self.model.languages.get(request.chat))
        if isinstance(expected, Added):
            assert isinstance(again, Added)
            expected = replace(expected, undone=again.undone)
        assert again == expected
        assert self.database.read() == before

    @rule(chat=chats, when=moments, lives=st.sampled_from([0.0, 0.04, 0.08, 0.5, 1.0, 1.5]))
    def extend(self, chat: int, when: Moment, lives: float) -> None:
        self.wait_for(chat, when)
        due = self.now + lives * self.model.ttl
        before = {chat: session.expires_at for chat, session in self.model.sessions.items()}
        extended = self.database.run(self.database.sessions.extend_used(due, self.now))

        assert extended == self.model.extend(due, self.now)
        sessions, _ = self.database.read()
        assert all(row["expires_at"] >= before[row["chat_id"]] for row in sessions)

    @rule(chat=chats, when=moments)
    def purge(self, chat: int, when: Moment) -> None:
        self.wait_for(chat, when)
        live = {chat for chat in CHATS if self.model.live(chat, self.now)}
        purged = self.database.run(self.database.sessions.purge_expired(self.now))

        assert purged == self.model.purge(self.now)
        sessions, _ = self.database.read()
        assert {row["chat_id"] for row in sessions} == live

    @rule(by=brief)
    def a_moment_passes(self, by: timedelta) -> None:
        self.now += by

    @rule(lives=st.sampled_from([0.05, 0.3, 0.5, 0.9, 1.0, 1.7, 4.0]))
    def a_part_of_a_life_passes(self, lives: float) -> None:
        self.now += lives * self.model.ttl

    @invariant()
    def the_tables_hold_what_the_model_holds(self) -> None:
        sessions, items = self.database.read()
        by_chat = {row["chat_id"]: row for row in sessions}

        assert by_chat.keys() == self.model.sessions.keys()
        assert {row["chat_id"] for row in items} <= by_chat.keys()
        for chat, session in self.model.sessions.items():
            row = by_chat[chat]
            assert row["created_at"] == session.created_at
            assert row["expires_at"] == session.expires_at
            assert row["last_accessed"] in (session.last_accessed, session.maybe_accessed)
            session.last_accessed, session.maybe_accessed = row["last_accessed"], None
            held = {
                ItemKey(item["ingredient_id"], item["name_key"]): ModelItem(
                    item["name"], item["added_at"]
                )
                for item in items
                if item["chat_id"] == chat and item["added_at"] >= row["created_at"]
            }
            assert held == session.items
            assert len(held) <= MAX_ITEMS


@pytest.fixture(scope="module")
def module_database(new_database: Callable[[], str]) -> str:
    return new_database()


@pytest.fixture
def runner() -> Iterator[asyncio.Runner]:
    with asyncio.Runner() as runner:
        yield runner


@pytest.fixture
def database_of_ttl(
    runner: asyncio.Runner, module_database: str
) -> Iterator[Callable[[timedelta], Database]]:
    engine = create_engine(module_database)
    yield lambda ttl: Database(runner, engine, ttl)
    runner.run(engine.dispose())


@pytest.mark.unwatched
@pytest.mark.parametrize("ttl", [timedelta(hours=24), timedelta(seconds=45)], ids=str)
def test_whatever_people_and_jobs_do_in_any_order_the_fridges_are_as_the_semantics_say(
    ttl: timedelta,
    database_of_ttl: Callable[[timedelta], Database],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("db.fridges.repository.MAX_ITEMS", MAX_ITEMS)
    database = database_of_ttl(ttl)

    class Machine(FridgeMachine):
        def __init__(self) -> None:
            super().__init__(database)

    run_state_machine_as_test(
        Machine,
        settings=settings(
            derandomize=True,
            database=None,
            deadline=None,
            max_examples=EXAMPLES,
            stateful_step_count=40,
            suppress_health_check=[HealthCheck.too_slow],
        ),
    )


@pytest.mark.parametrize("command", ["add to a full fridge", "clear an empty fridge"])
async def test_a_change_tried_in_vain_within_a_minute_writes_nothing(
    command: str,
    fridges: FridgeRepository,
    tables: Tables,
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("db.fridges.repository.MAX_ITEMS", 1)
    await fridges.add(sent(CHAT), [ITEMS[0]], clock.now)
    if command == "clear an empty fridge":
        await fridges.remove(sent(CHAT), [ITEMS[0].key], clock.now)
    before = await tables.session(CHAT)
    clock.advance(seconds=59)

    if command == "clear an empty fridge":
        await fridges.clear(sent(CHAT), clock.now, clock.now)
    else:
        await fridges.add(sent(CHAT), [ITEMS[1]], clock.now)

    assert await tables.session(CHAT) == before
