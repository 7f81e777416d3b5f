"""Everything that the program asks of the database, once each."""

from collections.abc import Awaitable, Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, Final
from unittest.mock import patch

import asyncpg
from sqlalchemy import event
from sqlalchemy.engine import Connection

from db.chats.forgetting import ForgettingRepository
from db.chats.migrated_groups import MigratedGroupRepository
from db.chats.settings import ChatRepository
from db.chats.unreachable_chats import UnreachableChatRepository
from db.connection.database import Engine
from db.fridges.expiry_warnings import ExpiryWarningRepository, Position, Window
from db.fridges.repository import FridgeRepository
from db.fridges.sessions import SessionRepository
from db.operation.job_runs import JobRunRepository
from db.operation.ownership import OwnershipRepository
from db.operation.statistics import StatisticsRepository
from db.updates.failed_updates import FailedUpdateRepository
from db.updates.handled_requests import HandledRequestRepository, RecordedOffer
from db.updates.waiting_updates import WaitingUpdate, WaitingUpdateRepository
from fridge.items import ItemKey, NewItem, Share
from fridge.lifetime import Lifetime
from fridge.lots import Amount, Lot, More, Place, Unit
from fridge.request_keys import RequestKey, RequestKind
from tests.db.conftest import CHAT
from tests.db.requests import sent
from tests.db.statements import is_query

NOW: Final = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
HOUR: Final = timedelta(hours=1)
REPEATED: Final = RequestKey(CHAT, "repeated")
ITEMS: Final = [NewItem(ItemKey(0, name), name) for name in ("우유", "계란", "tofu", "quark")]
KEYS: Final = [item.key for item in ITEMS[:1]]
LOTS_AMOUNT: Final = Amount(Decimal("0.5"))
LOTS: Final = [replace(item, lot=Lot(LOTS_AMOUNT, NOW.date(), Place.PANTRY, "n")) for item in ITEMS]


class Repositories:
    """All that asks the database something for a chat, or for a job."""

    def __init__(self, engine: Engine) -> None:
        lifetime = Lifetime(timedelta(hours=24))
        self.fridges = FridgeRepository(engine, lifetime)
        self.chats = ChatRepository(engine)
        self.handled_requests = HandledRequestRepository(engine)
        self.waiting_updates = WaitingUpdateRepository(engine)
        self.failed_updates = FailedUpdateRepository(engine)
        self.migrated_groups = MigratedGroupRepository(engine, lifetime)
        self.forgetting = ForgettingRepository(engine)
        self.warnings = ExpiryWarningRepository(engine, lifetime)
        self.unreachable_chats = UnreachableChatRepository(engine)
        self.sessions = SessionRepository(engine, lifetime)
        self.job_runs = JobRunRepository(engine)
        self.ownership = OwnershipRepository(engine)
        self.statistics = StatisticsRepository(engine, lifetime)


Command = Callable[[Repositories, datetime], Awaitable[object]]

OF_A_CHAT: Final[Mapping[str, Command]] = {
    "add": lambda to, now: to.fridges.add(sent(CHAT), ITEMS, now),
    "add lots": lambda to, now: to.fridges.add(sent(CHAT), LOTS, now),
    "list": lambda to, now: to.fridges.list(CHAT, now),
    "list for a request": lambda to, now: to.fridges.list_for(sent(CHAT), now),
    "a delivery again": lambda to, now: to.fridges.remove(REPEATED, KEYS, now),
    "undo": lambda to, now: to.fridges.undo(sent(CHAT), REPEATED.to(RequestKind.REMOVE), now),
    "remove": lambda to, now: to.fridges.remove(sent(CHAT), KEYS, now),
    "reduce": lambda to, now: to.fridges.reduce(sent(CHAT), [Share(KEYS, LOTS_AMOUNT)], now),
    "set a date": lambda to, now: to.fridges.set_date(
        sent(CHAT), ITEMS[1].key.reference, now.date(), now
    ),
    "move a lot": lambda to, now: to.fridges.move(
        sent(CHAT), ITEMS[1].key.reference, Place.FREEZER, now
    ),
    "less of a lot": lambda to, now: to.fridges.adjust(
        sent(CHAT), ITEMS[1].key.reference, More(Decimal(-1), Unit.PIECE), now
    ),
    "take": lambda to, now: to.fridges.take(sent(CHAT), ITEMS[1].key.reference, now),
    "last put in": lambda to, now: to.fridges.last_put_in(sent(CHAT), now - HOUR, now),
    "replace": lambda to, now: to.fridges.replace(
        sent(CHAT), ITEMS[2].key.reference, ITEMS[0], now
    ),
    "clear": lambda to, now: to.fridges.clear(sent(CHAT), now, now),
    "keep": lambda to, now: to.fridges.keep(sent(CHAT), now),
    "keep what was warned of": lambda to, now: to.warnings.keep(sent(CHAT), now, now),
    "mark a warning as sent": lambda to, now: to.warnings.mark_sent(CHAT, now, now),
    "take no messages": lambda to, now: to.unreachable_chats.put(CHAT, now),
    "take messages": lambda to, _: to.unreachable_chats.drop(CHAT),
    "choose a language": lambda to, now: to.chats.choose(sent(CHAT), now, language="ko"),
    "ask for the language": lambda to, _: to.chats.language(CHAT),
    "ask for the settings": lambda to, _: to.chats.settings(CHAT),
    "what is stored": lambda to, _: to.forgetting.stored(CHAT),
    "find a record": lambda to, _: to.handled_requests.find(
        REPEATED.to(RequestKind.IMPORT), RecordedOffer
    ),
    "record": lambda to, now: to.handled_requests.record(
        sent(CHAT).to(RequestKind.IMPORT), RecordedOffer(names=[]), now
    ),
    "offer": lambda to, now: to.handled_requests.offer(sent(CHAT), ["milk"], now),
    "choose of an offer": lambda to, _: to.handled_requests.choose(REPEATED, 0, is_out=True),
    "effects of a message": lambda to, _: to.handled_requests.effects(REPEATED),
    "find an offer": lambda to, _: to.handled_requests.offered(REPEATED),
    "let wait": lambda to, _: to.waiting_updates.put([WaitingUpdate(CHAT, 1, "{}")]),
    "the next that wait": lambda to, _: to.waiting_updates.next(CHAT, 0, 100),
    "wait no more": lambda to, _: to.waiting_updates.drop(CHAT, 1),
    "record a failure": lambda to, now: to.failed_updates.record(CHAT, 1, "", "", now),
}
"""One statement each, on one chat. The undo is one of the removal before it."""

OTHERS: Final[Mapping[str, Command]] = {
    "move": lambda to, now: to.migrated_groups.move(CHAT, -CHAT, now),
    "forget": lambda to, now: to.forgetting.forget(sent(CHAT), now, now),
    "extend": lambda to, now: to.sessions.extend_used(now + 2 * HOUR, now),
    "purge": lambda to, now: to.sessions.purge_expired(now),
    "claim warnings": lambda to, now: to.warnings.claim(
        [Window(zone, now, now + 2 * HOUR) for zone in ("UTC", "Asia/Seoul")], Position(), 50, now
    ),
    "forget warnings": lambda to, now: to.warnings.forget_old(now),
    "forget unreachable chats": lambda to, now: to.unreachable_chats.forget_old(now),
    "forget requests": lambda to, now: to.handled_requests.forget_old(now),
    "forget failures": lambda to, now: to.failed_updates.forget_old(now),
    "the chats that have to wait": lambda to, _: to.waiting_updates.chats(),
    "summarise failures": lambda to, now: to.failed_updates.summary(now - timedelta(days=1)),
    "claim a run": lambda to, now: to.job_runs.claim("purge", now, now),
    "finish a run": lambda to, now: to.job_runs.finish("purge", now, 0, now),
    "the last runs": lambda to, _: to.job_runs.last_finished(["extend", "purge"]),
    "find the owner": lambda to, _: to.ownership.find(),
    "claim the database": lambda to, _: to.ownership.claim("123"),
    "adopt the database": lambda to, _: to.ownership.adopt("123"),
    "whether there are chats": lambda to, _: to.ownership.holds_chats(),
    "figures": lambda to, now: to.statistics.read(now),
}
"""Jobs, `/forget`, the move of a group, `/stats`, and what a start asks of the database."""

EVERYTHING: Final = {**OF_A_CHAT, **OTHERS}


@contextmanager
def noting_statements(engine: Engine) -> Generator[list[tuple[str, Any]]]:
    """Give the statements that are run meanwhile, alone or in a batch, each with its parameters."""
    noted: list[tuple[str, Any]] = []

    def note(
        _connection: Connection,
        _cursor: object,
        statement: str,
        parameters: Any,  # noqa: ANN401 (SQLAlchemy's own form)
        _context: object,
        _many: bool,  # noqa: FBT001 (SQLAlchemy's own form)
    ) -> None:
        if is_query(statement):
            noted.append((statement, parameters))

    async def fetch(
        connection: asyncpg.Connection, statement: str, *parameters: object, timeout: float | None
    ) -> Any:  # noqa: ANN401 (as asyncpg's)
        noted.append((statement, parameters))
        return await asyncpg_fetch(connection, statement, *parameters, timeout=timeout)

    async def fetchmany(
        connection: asyncpg.Connection,
        statement: str,
        batch: Sequence[Sequence[object]],
        *,
        timeout: float | None,
    ) -> Any:  # noqa: ANN401 (as asyncpg's)
        noted.extend((statement, parameters) for parameters in batch)
        return await asyncpg_fetchmany(connection, statement, batch, timeout=timeout)

    asyncpg_fetch = asyncpg.Connection.fetch
    asyncpg_fetchmany = asyncpg.Connection.fetchmany
    event.listen(engine.sync_engine, "before_cursor_execute", note)
    try:
        with patch.multiple(asyncpg.Connection, fetch=fetch, fetchmany=fetchmany):
            yield noted
    finally:
        event.remove(engine.sync_engine, "before_cursor_execute", note)
