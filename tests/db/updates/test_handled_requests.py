import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

import pytest
from sqlalchemy import text

from db.chats.settings import ChatRepository
from db.connection.database import Engine
from db.fridges.repository import FridgeRepository
from db.fridges.sessions import SessionRepository
from db.schema.models import Base
from db.updates.handled_requests import RETENTION, HandledRequestRepository, Offer
from db.updates.recorded_outcomes import RecordedOutcome
from db.updates.waiting_updates import WaitingUpdate, WaitingUpdateRepository
from fridge.items import ItemKey, NewItem
from fridge.lifetime import Lifetime
from fridge.outcomes import Fridge, FridgeRead, Taken, Undone
from fridge.request_keys import RecordKey, RequestKey, RequestKind
from tests.conftest import Clock
from tests.db.conftest import CHAT, OTHER_CHAT
from tests.db.requests import sent
from tests.db.tables import Tables

MAX_ITEMS: Final = 4
HOUR: Final = timedelta(hours=1)
MILK, EGG, QUARK, TOFU, SALT = (
    NewItem(ItemKey(0, name), name.title()) for name in ("milk", "egg", "quark", "tofu", "salt")
)


class Noted(RecordedOutcome):
    """An outcome that no feature has."""

    number: int = 0
    text: str = ""


class Repositories:
    """What changes something for a request."""

    def __init__(self, engine: Engine, lifetime: Lifetime) -> None:
        self.fridges = FridgeRepository(engine, lifetime)
        self.chats = ChatRepository(engine)


Deliver = Callable[[Repositories, RequestKey, datetime], Awaitable[object]]

ASKED_AT: Final = Clock().now + timedelta(minutes=5)
"""When somebody asked to clear the fridge: after the clock's beginning."""


def adding(*items: NewItem) -> Deliver:
    return lambda to, key, now: to.fridges.add(key, items, now)


def removing(*items: NewItem) -> Deliver:
    return lambda to, key, now: to.fridges.remove(key, [item.key for item in items], now)


def clearing(added_until: datetime) -> Deliver:
    return lambda to, key, now: to.fridges.clear(key, added_until, now)


def taking(item: NewItem) -> Deliver:
    return lambda to, key, now: to.fridges.take(key, item.key.reference, now)


def replacing(item: NewItem, by: NewItem) -> Deliver:
    return lambda to, key, now: to.fridges.replace(key, item.key.reference, by, now)


def undoing(kind: RequestKind) -> Deliver:
    """Undo the change of a kind that the request called "filling" made."""
    return lambda to, key, now: to.fridges.undo(
        key, RequestKey(key.chat_id, "filling").to(kind), now
    )


def keeping() -> Deliver:
    return lambda to, key, now: to.fridges.keep(key, now)


def reading() -> Deliver:
    return lambda to, key, now: to.fridges.list_for(key, now)


def choosing(language: str) -> Deliver:
    return lambda to, key, now: to.chats.choose(key, now, language=language)


# The fridge holds milk and quark, and has room for two more.
COMMANDS: Final[Mapping[str, Deliver]] = {
    "add what is missing": adding(EGG, TOFU),
    "add what is there and what is not": adding(EGG, MILK),
    "add what is there": adding(QUARK, MILK),
    "add more than there is room for": adding(EGG, TOFU, SALT),
    "remove what is there": removing(MILK, QUARK),
    "remove what is there and what is not": removing(EGG, MILK),
    "remove what is not there": removing(EGG),
    "take what is there": taking(MILK),
    "take what is not there": taking(EGG),
    "replace what is there": replacing(MILK, EGG),
    "replace what is there by what is there too": replacing(MILK, QUARK),
    "replace what is not there": replacing(EGG, TOFU),
    "undo": undoing(RequestKind.ADD),
    "undo what did not happen": undoing(RequestKind.REMOVE),
    "clear": clearing(ASKED_AT),
    "clear what is not there": clearing(ASKED_AT - timedelta(days=1)),
    "keep": keeping(),
    "read for a text": reading(),
    "choose a language": choosing("ko"),
}
EVERYTHING: Final = text(
    " UNION ALL ".join(
        f"SELECT '{name}', row.xmin || row::text FROM {name} AS row"
        for name in Base.metadata.tables
    )
    + " ORDER BY 1, 2"
)

every_command = pytest.mark.parametrize("deliver", COMMANDS.values(), ids=COMMANDS.keys())


@pytest.fixture
def repositories(engine: Engine, lifetime: Lifetime) -> Repositories:
    return Repositories(engine, lifetime)


@pytest.fixture
def handled_requests(engine: Engine) -> HandledRequestRepository:
    return HandledRequestRepository(engine)


@pytest.fixture(autouse=True)
def small_fridges(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("db.fridges.repository.MAX_ITEMS", MAX_ITEMS)


async def fill(fridges: FridgeRepository, chat: int, clock: Clock) -> None:
    await fridges.add(RequestKey(chat, "filling"), [MILK, QUARK], clock.now)


def said(answer: object) -> object:
    """An answer without the fridge, which is shown as it is when the answer is given."""
    if isinstance(answer, Taken | Undone | FridgeRead):
        return replace(answer, fridge=Fridge([], None, None))
    return answer


async def read_everything(engine: Engine) -> Mapping[str, Sequence[str]]:
    """The rows of all tables, with the versions of the rows."""
    found: dict[str, list[str]] = {name: [] for name in Base.metadata.tables}
    async with engine.connect() as connection:
        for name, row in await connection.execute(EVERYTHING):
            found[name].append(row)
    return found


@every_command
@pytest.mark.parametrize("has_fridge", [True, False], ids=["a fridge", "no fridge"])
async def test_a_request_delivered_again_changes_nothing_and_is_answered_alike(
    *,
    deliver: Deliver,
    has_fridge: bool,
    repositories: Repositories,
    sessions: SessionRepository,
    engine: Engine,
    tables: Tables,
    clock: Clock,
) -> None:
    fridges = repositories.fridges
    if has_fridge:
        await fill(fridges, CHAT, clock)
    clock.advance(minutes=10)
    key = sent(CHAT)
    first = await deliver(repositories, key, clock.now)

    async def check_again(since: str) -> None:
        before = await read_everything(engine)
        again = await deliver(repositories, key, clock.now)
        assert (since, said(again)) == (since, said(first))
        assert (since, await read_everything(engine)) == (since, before)

    await check_again("at once")
    clock.advance(hours=1)
    await check_again("an hour later")
    await fridges.remove(sent(CHAT), [MILK.key, EGG.key], clock.now)
    await fridges.add(sent(CHAT), [TOFU], clock.now)
    await check_again("after other changes")
    await fridges.clear(sent(CHAT), clock.now, clock.now)
    await check_again("after everything was taken out")
    clock.advance(hours=25)
    await check_again("after the session's end")
    assert await sessions.purge_expired(clock.now) == 1
    await check_again("after the purge")
    await fridges.add(sent(CHAT), [SALT], clock.now)
    await check_again("in another life of the fridge")
    await tables.run("UPDATE handled_requests SET message_date = NULL")
    await check_again("recorded by a version that recorded no dates")


@every_command
@pytest.mark.parametrize("has_fridge", [True, False], ids=["a fridge", "no fridge"])
async def test_simultaneous_deliveries_do_together_what_one_does(
    *,
    deliver: Deliver,
    has_fridge: bool,
    repositories: Repositories,
    engine: Engine,
    tables: Tables,
    clock: Clock,
) -> None:
    for chat in (CHAT, OTHER_CHAT):
        if has_fridge:
            await fill(repositories.fridges, chat, clock)
    clock.advance(minutes=10)
    alone = await deliver(repositories, sent(OTHER_CHAT), clock.now)
    key = sent(CHAT)

    together = await asyncio.gather(*(deliver(repositories, key, clock.now) for _ in range(20)))

    assert together == [alone] * 20
    assert await held(tables, CHAT) == await held(tables, OTHER_CHAT)
    assert await times(tables, CHAT) == await times(tables, OTHER_CHAT)
    languages = [await repositories.chats.language(chat) for chat in (CHAT, OTHER_CHAT)]
    assert languages[0] == languages[1]
    everything = await read_everything(engine)
    assert len(everything["handled_requests"]) == (4 if has_fridge else 2)


async def held(tables: Tables, chat: int) -> Sequence[object]:
    return [(row["name_key"], row["name"], row["added_at"]) for row in await tables.items(chat)]


async def times(tables: Tables, chat: int) -> Sequence[datetime] | None:
    session = await tables.session(chat)
    if session is None:
        return None
    return [session[name] for name in ("created_at", "expires_at", "last_accessed")]


@every_command
async def test_the_same_message_number_in_another_chat_is_another_request(
    deliver: Deliver, repositories: Repositories, tables: Tables, clock: Clock
) -> None:
    for chat in (CHAT, OTHER_CHAT):
        await fill(repositories.fridges, chat, clock)
    clock.advance(minutes=10)

    answers = [
        await deliver(repositories, RequestKey(chat, "m1000000"), clock.now)
        for chat in (CHAT, OTHER_CHAT)
    ]

    assert answers[0] == answers[1]
    assert await held(tables, CHAT) == await held(tables, OTHER_CHAT)
    assert await times(tables, CHAT) == await times(tables, OTHER_CHAT)
    languages = [await repositories.chats.language(chat) for chat in (CHAT, OTHER_CHAT)]
    assert languages[0] == languages[1]


@every_command
async def test_a_message_number_that_is_given_again_with_another_date_is_another_request(
    *,
    deliver: Deliver,
    repositories: Repositories,
    engine: Engine,
    clock: Clock,
) -> None:
    before, now = (RequestKey(CHAT, "m1000000", clock.now + HOUR * hours) for hours in (-1, 0))
    await fill(repositories.fridges, CHAT, clock)
    await fill(repositories.fridges, OTHER_CHAT, clock)
    clock.advance(minutes=10)
    others = await deliver(repositories, sent(OTHER_CHAT), clock.now)
    for kind in RequestKind:
        await record(engine, before.to(kind), clock.now - HOUR)

    together = await asyncio.gather(*(deliver(repositories, now, clock.now) for _ in range(8)))

    assert together == [others] * 8
    everything = await read_everything(engine)
    assert await deliver(repositories, now, clock.now) == others
    assert await read_everything(engine) == everything


async def record(engine: Engine, key: RecordKey, now: datetime) -> None:
    """Let a request have been handled in a way that nobody would take for another's."""
    await HandledRequestRepository(engine).record(key, Noted(text="another message"), now)


async def test_an_offer_is_found_by_its_name_and_gives_its_date(
    handled_requests: HandledRequestRepository, clock: Clock
) -> None:
    key = RequestKey(CHAT, "m1", clock.now)
    await handled_requests.offer(key._replace(message_date=clock.now - HOUR), ["eggs"], clock.now)
    await handled_requests.offer(key, ["milk"], clock.now)

    assert await handled_requests.offered(RequestKey(CHAT, "m1")) == Offer(key, ["milk"])
    assert await handled_requests.offered(RequestKey(CHAT, "m2")) == Offer(
        RequestKey(CHAT, "m2"), ()
    )


async def test_of_each_chat_the_last_offer_is_kept_and_its_number_may_be_given_again(
    handled_requests: HandledRequestRepository, clock: Clock
) -> None:
    others, first, second = RequestKey(OTHER_CHAT, "m1"), sent(CHAT), sent(CHAT)
    await handled_requests.offer(others, ["salt"], clock.now)
    await handled_requests.offer(first, ["eggs"], clock.now)
    await handled_requests.offer(second, ["milk"], clock.now)

    names = [(await handled_requests.offered(key)).names for key in (others, first, second)]
    assert names == [["salt"], [], ["milk"]]


async def test_a_message_number_that_is_given_again_is_remembered_from_then_on(
    handled_requests: HandledRequestRepository, clock: Clock
) -> None:
    first = RequestKey(CHAT, "m1", clock.now)
    await handled_requests.record(first.to(RequestKind.CLEANUP), Noted(number=1), clock.now)
    now = clock.advance(hours=1)
    second = first._replace(message_date=now).to(RequestKind.CLEANUP)
    await handled_requests.record(second, Noted(number=2), now)

    assert await handled_requests.forget_old(now + RETENTION) == 0

    assert await handled_requests.find(second, Noted) == Noted(number=2)


async def test_the_same_words_in_another_message_are_another_request(
    repositories: Repositories, clock: Clock
) -> None:
    fridges = repositories.fridges
    await fill(fridges, CHAT, clock)

    assert (await fridges.remove(sent(CHAT), [MILK.key], clock.now)).keys == {MILK.key}
    assert (await fridges.remove(sent(CHAT), [MILK.key], clock.now)).keys == frozenset()


async def test_a_language_chosen_long_ago_is_not_chosen_again(
    repositories: Repositories, clock: Clock
) -> None:
    chats = repositories.chats
    korean = sent(CHAT)
    await chats.choose(korean, clock.now, language="ko")
    await chats.choose(sent(CHAT), clock.now, language="en")

    await chats.choose(korean, clock.now, language="ko")

    assert await chats.language(CHAT) == "en"


async def test_a_record_is_found_and_the_first_one_stays(
    handled_requests: HandledRequestRepository, clock: Clock
) -> None:
    request = sent(CHAT)
    key = request.to(RequestKind.CLEANUP)
    noted = Noted(number=3, text="우유 'quoted' \\ :name")
    assert await handled_requests.find(key, Noted) is None
    assert not await handled_requests.is_handled(key)

    await handled_requests.record(key, noted, clock.now)
    await handled_requests.record(key, Noted(number=0), clock.now)

    assert await handled_requests.find(key, Noted) == noted
    assert await handled_requests.is_handled(key)
    elsewhere = request._replace(chat_id=OTHER_CHAT).to(RequestKind.CLEANUP)
    assert await handled_requests.find(elsewhere, Noted) is None
    assert await handled_requests.find(request.to(RequestKind.ADD), Noted) is None


async def test_simultaneous_records_are_one(
    handled_requests: HandledRequestRepository, clock: Clock
) -> None:
    key = sent(CHAT).to(RequestKind.CLEANUP)

    await asyncio.gather(
        *(handled_requests.record(key, Noted(number=n), clock.now) for n in range(20))
    )

    outcome = await handled_requests.find(key, Noted)
    assert outcome is not None
    assert outcome.number in range(20)


def put(number: int) -> RecordKey:
    return RequestKey(CHAT, f"m{number}").to(RequestKind.CLEANUP)


async def put_records(tables: Tables, handled_at: Sequence[datetime]) -> None:
    for number, time in enumerate(handled_at):
        await tables.run(
            "INSERT INTO handled_requests VALUES (:chat_id, :request, :handled_at, '{}')",
            chat_id=CHAT,
            request=put(number).name,
            handled_at=time,
        )


async def test_a_record_is_kept_for_48_hours_to_the_microsecond(
    handled_requests: HandledRequestRepository, tables: Tables, clock: Clock
) -> None:
    microsecond = timedelta(microseconds=1)
    oldest_kept = clock.now - timedelta(hours=48)
    await put_records(tables, [oldest_kept - microsecond, oldest_kept, clock.now])

    assert timedelta(hours=48) == RETENTION
    assert await handled_requests.forget_old(clock.now) == 1

    kept = [await handled_requests.is_handled(put(number)) for number in range(3)]
    assert kept == [False, True, True]


@pytest.mark.parametrize("old", [0, 9, 10, 11, 35])
async def test_records_are_forgotten_in_any_number_of_batches(
    *,
    old: int,
    handled_requests: HandledRequestRepository,
    tables: Tables,
    engine: Engine,
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("db.updates.handled_requests.BATCH_SIZE", 10)
    forgettable = clock.now - timedelta(hours=72)
    await put_records(
        tables,
        [
            *[forgettable + timedelta(seconds=n // 3) for n in range(old)],  # several share a time
            *[clock.now] * 5,
        ],
    )

    assert await handled_requests.forget_old(clock.now) == old
    assert await handled_requests.forget_old(clock.now) == 0
    assert len((await read_everything(engine))["handled_requests"]) == 5


async def test_records_of_one_time_are_forgotten_though_a_batch_does_not_hold_them(
    handled_requests: HandledRequestRepository,
    tables: Tables,
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("db.updates.handled_requests.BATCH_SIZE", 10)
    await put_records(tables, [clock.now - timedelta(hours=72)] * 25)

    assert await handled_requests.forget_old(clock.now) == 25


async def test_a_chat_whose_updates_wait_keeps_its_records_and_nobody_elses(
    handled_requests: HandledRequestRepository,
    tables: Tables,
    engine: Engine,
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("db.updates.handled_requests.BATCH_SIZE", 10)
    old = clock.now - timedelta(hours=72)
    await put_records(tables, [old + timedelta(seconds=n) for n in range(35)])
    await tables.run(
        "UPDATE handled_requests SET chat_id = :chat WHERE request = 'm3 cleanup'", chat=7
    )
    waiting = WaitingUpdateRepository(engine)
    await waiting.put([WaitingUpdate(7, 1, "{}")])

    assert await handled_requests.forget_old(clock.now) == 34
    assert len((await read_everything(engine))["handled_requests"]) == 1

    await waiting.drop(7, 1)
    assert await handled_requests.forget_old(clock.now) == 1


async def test_several_replicas_forget_each_record_once(
    handled_requests: HandledRequestRepository,
    tables: Tables,
    engine: Engine,
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("db.updates.handled_requests.BATCH_SIZE", 10)
    await put_records(
        tables, [clock.now - timedelta(hours=72) + timedelta(seconds=n) for n in range(95)]
    )

    forgotten = await asyncio.gather(*(handled_requests.forget_old(clock.now) for _ in range(4)))

    assert sum(forgotten) == 95
    assert (await read_everything(engine))["handled_requests"] == []


async def test_a_request_that_was_forgotten_is_a_new_one(
    repositories: Repositories, handled_requests: HandledRequestRepository, clock: Clock
) -> None:
    fridges = repositories.fridges
    key = sent(CHAT)
    await fridges.add(key, [MILK], clock.now)
    clock.advance(hours=48, microseconds=1)

    assert await handled_requests.forget_old(clock.now) == 1

    await fridges.add(key, [MILK, EGG], clock.now)
    assert len((await fridges.list(CHAT, clock.now)).items) == 2
