"""Migration 0007, on what the version before it stored, and beside replicas of that version."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import pytest
from sqlalchemy import text

from db.connection.database import Engine
from db.schema.migrate import move_to, newest_revision
from fridge.items import ItemKey, NewItem, Share
from fridge.lots import All, Amount, Lot, Place, Unit
from fridge.outcomes import Outcome
from fridge.request_keys import RequestKind
from tests.db.commands import Repositories
from tests.db.conftest import CHAT
from tests.db.requests import sent
from tests.db.snapshots import rows
from tests.db.tables import Tables

OLDER: Final = "0006"
STATEMENTS: Final = Path(__file__).with_name("statements_of_0006")
NOW: Final = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
DAY: Final = timedelta(hours=24)
MILK, EGG = NewItem(ItemKey(1)), NewItem(ItemKey(2))
PIE: Final = NewItem(ItemKey(0, "oma's pie"), "Oma's pie")
SOME: Final = Lot(Amount(Decimal("0.5"), Unit.BOTTLE), NOW.date(), Place.FREEZER, "fresh")
OTHER: Final = Lot(Amount(Decimal(3)))


async def move(engine: Engine, revision: str) -> None:
    async with engine.connect() as connection:
        await connection.execution_options(isolation_level="READ COMMITTED")
        async with connection.begin():
            await connection.run_sync(move_to, revision)


@pytest.fixture
def to(engine: Engine) -> Repositories:
    return Repositories(engine)


async def ask_older(
    engine: Engine, statement: str, chat: int, request: str, **values: object
) -> Mapping[str, Any]:
    """Run a statement of a replica of the version before, and return the outcome."""
    sql = (STATEMENTS / f"{statement}.sql").read_text(encoding="utf-8")
    times = {"now": NOW, "idle_since": NOW - DAY, "recorded_since": NOW - timedelta(minutes=1)}
    key = {"chat_id": chat, "request": request, "message_date": None}
    found = await engine.fetch(text(sql), {**key, **times, **values})
    outcome: Mapping[str, Any] = json.loads(found[0]["outcome"])
    return outcome


async def older_add(engine: Engine, *items: NewItem) -> Mapping[str, Any]:
    return await ask_older(
        engine,
        "add.ADD",
        CHAT,
        f"m{len(items)} add",
        expires_at=NOW + DAY,
        first_revision=1,
        max_items=500,
        session_language=None,
        ingredient_ids=[item.key.ingredient_id for item in items],
        name_keys=[item.key.name_key for item in items],
        names=[item.name for item in items],
    )


async def test_fridges_and_warnings_from_before_hold_lots_of_which_nothing_is_known(
    engine: Engine, to: Repositories, tables: Tables
) -> None:
    await move(engine, OLDER)
    await older_add(engine, MILK, PIE)
    warned = {"ids": [2], "keys": [""], "names": [""], "times": [NOW.isoformat()]}
    await tables.run(
        "INSERT INTO expiry_warnings VALUES (7, :now, :now, :now, :now, :now, :items)",
        now=NOW,
        items=json.dumps(warned),
    )
    before = await rows(engine)

    await move(engine, newest_revision())

    held = (await to.fridges.list(CHAT, NOW)).items
    assert {(item.key, item.name, item.lot, item.number) for item in held} == {
        (each.key, each.name, Lot(), 1) for each in (MILK, PIE)
    }
    kept = await to.warnings.keep(sent(7), NOW, NOW + DAY)
    assert kept.put_back == [EGG]
    await tables.run("DELETE FROM user_fridge_sessions WHERE chat_id = 7")
    await tables.run("DELETE FROM handled_requests WHERE chat_id = 7")
    await move(engine, OLDER)
    assert await rows(engine) == before


async def test_going_back_keeps_one_item_of_each_name(
    engine: Engine, to: Repositories, tables: Tables
) -> None:
    lots = [replace(each, lot=lot) for each in (MILK, PIE) for lot in (SOME, OTHER)]
    await to.fridges.add(sent(CHAT), lots, NOW)
    await to.fridges.take(sent(CHAT), PIE.key.reference, NOW)

    await move(engine, OLDER)

    assert [(row["name_key"], row["name"]) for row in await tables.items(CHAT)] == [
        ("oma's pie", "Oma's pie"),
        ("", ""),
    ]


async def test_an_older_replica_goes_on_beside_a_newer_one(
    engine: Engine, to: Repositories
) -> None:
    async def lots_of(key: ItemKey) -> list[Lot]:
        fridge = await to.fridges.list(CHAT, NOW)
        return [item.lot for item in reversed(fridge.items) if item.key == key]

    milk = [replace(MILK, lot=SOME), replace(MILK, lot=OTHER)]
    by_newer = sent(CHAT)
    await to.fridges.add(by_newer, milk, NOW)

    # The older one adds, and finds the lot that has the key of its name.
    added = await older_add(engine, MILK, EGG, PIE)
    assert (added["added_ids"], added["held"]) == ([0, 2], 2)
    assert set(await lots_of(MILK.key)) == {SOME, OTHER}
    more = await to.fridges.add(sent(CHAT), [EGG, replace(PIE, lot=OTHER)], NOW)
    assert more.outcomes == {EGG.key: Outcome.ALREADY_THERE, PIE.key: Outcome.ADDED}
    assert await lots_of(PIE.key) == [OTHER]

    # Each undoes what the other put in, while nothing about it has changed.
    undone = await ask_older(
        engine, "undo.UNDO", CHAT, "q1 undo", undone=f"{by_newer.request} add", max_items=500
    )
    assert undone["removed_ids"] == [1, 1]
    declined = await to.fridges.undo(
        sent(CHAT), by_newer._replace(request="m3").to(RequestKind.ADD), NOW
    )
    assert declined.is_declined

    # The older one takes out what has the key of the name.
    gone = await ask_older(
        engine, "remove.REMOVE", CHAT, "m9 remove", ingredient_ids=[2], name_keys=[""]
    )
    assert gone["removed_ids"] == [2]
    left = await to.fridges.reduce(sent(CHAT), [Share([PIE.key], All())], NOW)
    assert (left.taken_out, left.count) == ([replace(PIE, lot=OTHER)], 0)
