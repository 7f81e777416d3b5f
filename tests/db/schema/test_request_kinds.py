"""Migration 0006, on what the version before it stored."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import asyncpg
import pytest
from sqlalchemy import text

from bot.features.admin.handlers import RecordedCleanup
from db.chats.forgetting import Stored
from db.chats.settings import ChosenSettings
from db.connection.database import Engine, create_engine
from db.fridges.expiry_warnings import KeptAfterWarning
from db.schema.migrate import migrate, move_to, newest_revision
from db.updates.handled_requests import Offer
from fridge.catalogue.catalogue import Catalogue
from fridge.items import ItemKey, NewItem
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
from fridge.request_keys import RequestKey, RequestKind
from tests.db.commands import Repositories
from tests.db.snapshots import rows

OLDER: Final = "0005"
ROWS: Final = Path(__file__).with_name("rows_of_0005.sql")

PUT_IN_AT: Final = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
CHANGED_AT: Final = PUT_IN_AT + timedelta(minutes=5)
NOW: Final = PUT_IN_AT + timedelta(minutes=10)
ENDS_AT: Final = CHANGED_AT + timedelta(hours=24)

MILK: Final = NewItem(ItemKey(1))
EGG: Final = NewItem(ItemKey(2))
PIE: Final = NewItem(ItemKey(0, "oma's pie"), "Oma's pie")

NO_FRIDGE: Final = Fridge([], None, None)

CHATS: Final[Mapping[RequestKind, int]] = {
    RequestKind.ADD: 1,
    RequestKind.REMOVE: 2,
    RequestKind.TAKE: 3,
    RequestKind.REPLACE: 4,
    RequestKind.CLEAR: 5,
    RequestKind.KEEP: 6,
    RequestKind.RESCUE: 7,
    RequestKind.UNDO: 8,
    RequestKind.CHOOSE: 9,
    RequestKind.IMPORT: 10,
    RequestKind.CLEANUP: 11,
    RequestKind.FORGET: 12,
}


def first(kind: RequestKind) -> RequestKey:
    return RequestKey(CHATS[kind], "m1", PUT_IN_AT)


def second(kind: RequestKind) -> RequestKey:
    return RequestKey(CHATS[kind], "m2", CHANGED_AT)


def tap(kind: RequestKind, number: int) -> RequestKey:
    return RequestKey(CHATS[kind], f"q{number}", NOW)


async def move(engine: Engine, revision: str) -> None:
    async with engine.connect() as connection:
        await connection.execution_options(isolation_level="READ COMMITTED")
        async with connection.begin():
            await connection.run_sync(move_to, revision)


@pytest.fixture
async def older(engine: Engine, database_url: str) -> Engine:
    """A database that the version before the migration has filled."""
    await move(engine, OLDER)
    connection = await asyncpg.connect(database_url)
    await connection.execute(ROWS.read_text(encoding="utf-8"))
    await connection.close()
    return engine


@pytest.fixture
async def to(older: Engine) -> Repositories:
    await move(older, newest_revision())
    return Repositories(older)


async def kinds(engine: Engine) -> Mapping[tuple[int, str], str]:
    async with engine.connect() as connection:
        found = await connection.execute(
            text("SELECT chat_id, request, kind FROM handled_requests")
        )
        return {(row.chat_id, row.request): row.kind for row in found}


async def test_every_record_from_before_has_its_kind(older: Engine) -> None:
    await move(older, newest_revision())

    found = await kinds(older)

    assert {name: kind for name, kind in found.items() if name[1].startswith("m2 ")} == {
        (chat, f"m2 {kind}"): kind for kind, chat in CHATS.items()
    }
    assert {kind for (_, name), kind in found.items() if name == "m1 add"} == {RequestKind.ADD}
    later = {RequestKind.REDUCE, RequestKind.ADJUST, RequestKind.READ}
    assert CHATS.keys() == set(RequestKind) - later


async def test_bots_that_start_at_once_migrate_what_is_stored_once(
    older: Engine, database_url: str, catalogue: Catalogue
) -> None:
    engines = [create_engine(database_url) for _ in range(4)]

    await asyncio.gather(*(migrate(engine, catalogue) for engine in engines))

    assert set((await kinds(older)).values()) == CHATS.keys()
    for engine in engines:
        await engine.dispose()


async def test_going_back_leaves_every_row_as_it_was(older: Engine) -> None:
    before = await rows(older)

    await move(older, newest_revision())
    await move(older, OLDER)

    assert await rows(older) == before


UNDOABLE: Final = (
    RequestKind.ADD,
    RequestKind.REMOVE,
    RequestKind.TAKE,
    RequestKind.REPLACE,
    RequestKind.CLEAR,
)

Deliver = Callable[[Repositories, RequestKey], Awaitable[object]]

AGAIN: Final[Mapping[RequestKind, tuple[Deliver, object]]] = {
    RequestKind.ADD: (
        lambda to, key: to.fridges.add(key, [EGG, MILK], NOW),
        Added({EGG.key: Outcome.ADDED, MILK.key: Outcome.ALREADY_THERE}, 3, None),
    ),
    RequestKind.REMOVE: (
        lambda to, key: to.fridges.remove(key, [MILK.key, EGG.key], NOW),
        Removed(frozenset({MILK.key}), 1, None, CHANGED_AT),
    ),
    RequestKind.TAKE: (
        lambda to, key: to.fridges.take(key, PIE.key.reference, NOW),
        Taken(PIE, NO_FRIDGE),
    ),
    RequestKind.REPLACE: (
        lambda to, key: to.fridges.replace(key, PIE.key.reference, EGG, NOW),
        Replaced(PIE, 2, None),
    ),
    RequestKind.CLEAR: (lambda to, key: to.fridges.clear(key, NOW, NOW), Cleared(2, None)),
    RequestKind.KEEP: (
        lambda to, key: to.fridges.keep(key, NOW),
        Kept(2, CHANGED_AT, ENDS_AT, None),
    ),
    RequestKind.RESCUE: (
        lambda to, key: to.warnings.keep(key, PUT_IN_AT, NOW),
        KeptAfterWarning([], 2, CHANGED_AT, ENDS_AT, None),
    ),
    RequestKind.UNDO: (
        lambda to, key: to.fridges.undo(key, first(RequestKind.UNDO).to(RequestKind.ADD), NOW),
        Undone([PIE, MILK], [], NO_FRIDGE),
    ),
    RequestKind.CHOOSE: (
        lambda to, key: to.chats.choose(key, NOW, language="ko"),
        ChosenSettings(language="en", session_language="ko"),
    ),
    RequestKind.IMPORT: (
        lambda to, key: to.handled_requests.offered(key),
        Offer(second(RequestKind.IMPORT), ["milk", "Oma's pie"]),
    ),
    RequestKind.CLEANUP: (
        lambda to, key: to.handled_requests.find(key.to(RequestKind.CLEANUP), RecordedCleanup),
        RecordedCleanup(purged=7),
    ),
    RequestKind.FORGET: (
        lambda to, key: to.forgetting.forget(key, NOW, NOW),
        Stored(items=2, settings=False, warning=False),
    ),
}


async def test_requests_from_before_are_delivered_again_and_answered_alike(
    to: Repositories, older: Engine
) -> None:
    before = await rows(older)

    answers = {kind: await deliver(to, second(kind)) for kind, (deliver, _) in AGAIN.items()}

    assert {kind: without_fridge(answer) for kind, answer in answers.items()} == {
        kind: answer for kind, (_, answer) in AGAIN.items()
    }
    assert await rows(older) == before


def without_fridge(answer: object) -> object:
    """An answer without the fridge, which is shown as it is when the answer is given."""
    return replace(answer, fridge=NO_FRIDGE) if isinstance(answer, Taken | Undone) else answer


async def test_changes_from_before_are_undone_once(to: Repositories) -> None:
    for kind in UNDOABLE:
        by_button = RequestKey(CHATS[kind], "m2").to(kind)

        undone = await to.fridges.undo(tap(kind, 8), by_button, NOW)
        again = await to.fridges.undo(tap(kind, 9), by_button, NOW)

        assert (kind, [(item.key, item.name, item.added_at) for item in undone.fridge.items]) == (
            kind,
            [(PIE.key, PIE.name, PUT_IN_AT), (MILK.key, MILK.name, PUT_IN_AT)],
        )
        assert (kind, again.already, again.fridge) == (kind, True, undone.fridge)


async def test_a_tap_finds_who_took_an_item_out_before(to: Repositories) -> None:
    earlier = TakenEarlier(PIE, RequestKey(CHATS[RequestKind.TAKE], "m2"))

    for number in (3, 4):  # delivered again, and new
        taken = await to.fridges.take(tap(RequestKind.TAKE, number), PIE.key.reference, NOW)
        assert (taken.item, taken.earlier) == (None, earlier)


async def test_a_new_list_takes_the_place_of_one_offered_before(to: Repositories) -> None:
    await to.handled_requests.offer(tap(RequestKind.IMPORT, 5), ["egg"], NOW)

    assert (await to.handled_requests.offered(second(RequestKind.IMPORT))).names == []
    assert (await to.handled_requests.offered(tap(RequestKind.IMPORT, 5))).names == ["egg"]


async def test_what_was_handled_before_is_forgotten_but_not_that_it_was_forgotten(
    to: Repositories, older: Engine
) -> None:
    for kind in (RequestKind.CLEAR, RequestKind.FORGET):
        await to.forgetting.forget(tap(kind, 6), NOW, NOW)

    of_cleared = f"({CHATS[RequestKind.CLEAR]},"
    stored = (await rows(older))["handled_requests"]
    bare = [row for row in stored if row.startswith(of_cleared)]
    assert len(bare) == 3
    assert "pie" not in str(bare)
    deliver, answer = AGAIN[RequestKind.FORGET]
    assert await deliver(to, second(RequestKind.FORGET)) == answer


async def test_requests_that_were_forgotten_are_still_answered_and_change_nothing(
    to: Repositories, older: Engine
) -> None:
    for kind in CHATS:
        await to.forgetting.forget(tap(kind, 6), NOW, NOW)
    before = await rows(older)

    for kind, (deliver, _) in AGAIN.items():
        await deliver(to, second(kind))

    assert await rows(older) == before


async def test_an_older_replica_goes_on_beside_a_newer_one(
    to: Repositories, older: Engine, database_url: str
) -> None:
    """The statements of the older one are those of 0005, cut down to the record."""
    chat = CHATS[RequestKind.TAKE]
    replica = await asyncpg.connect(database_url)

    await replica.execute(
        """
        INSERT INTO handled_requests AS stored
            (chat_id, request, message_date, handled_at, outcome)
        VALUES ($1, $2, $3, $3, CAST($4 AS jsonb))
        ON CONFLICT (chat_id, request) DO UPDATE SET outcome = excluded.outcome
        WHERE stored.message_date <> excluded.message_date
        """,
        chat,
        "q7 take",
        NOW,
        """{
            "earlier": null, "earlier_ids": [], "earlier_keys": [], "earlier_names": [],
            "earlier_times": [], "removed_ids": [2], "removed_keys": [""], "removed_names": [""],
            "removed_times": ["2026-03-01T12:05:00+00:00"]
        }""",
    )
    taken = await to.fridges.take(tap(RequestKind.TAKE, 8), EGG.key.reference, NOW)
    taken_out = await to.fridges.take(tap(RequestKind.TAKE, 9), MILK.key.reference, NOW)
    found = await replica.fetch(
        "SELECT request FROM handled_requests WHERE chat_id = $1 AND right(request, 5) = ' take'",
        chat,
    )

    assert taken.earlier == TakenEarlier(EGG, RequestKey(chat, "q7"))
    assert taken_out.item == MILK
    assert {row["request"] for row in found} == {
        "m2 take",
        "q3 take",
        "q7 take",
        "q8 take",
        "q9 take",
    }
    assert (await kinds(older))[chat, "q7 take"] == RequestKind.TAKE
    await replica.close()
