from datetime import datetime, timedelta

import pytest

from bot.sending.reachability import Reachability
from db.chats.unreachable_chats import UnreachableChatRepository
from db.connection.database import Engine
from db.connection.errors import DatabaseAway
from tests.conftest import Clock

CHAT = 1002
MOMENT = timedelta(microseconds=1)


class AwayTable(UnreachableChatRepository):
    """The table, which can't be reached while `is_away`."""

    is_away = True

    async def put(self, chat_id: int, now: datetime) -> None:
        if self.is_away:
            raise DatabaseAway("connection refused")
        await super().put(chat_id, now)

    async def drop(self, chat_id: int) -> None:
        if self.is_away:
            raise DatabaseAway("connection refused")
        await super().drop(chat_id)


@pytest.fixture
def reachability(engine: Engine, clock: Clock) -> Reachability:
    return Reachability(UnreachableChatRepository(engine), clock, most_remembered=2)


async def test_only_what_was_sent_after_a_chat_was_lost_shows_that_it_is_back(
    reachability: Reachability, clock: Clock
) -> None:
    await reachability.lose(CHAT)

    reachability.heard_from(CHAT, clock.now)
    assert CHAT in reachability.unreachable
    reachability.heard_from(CHAT, clock.now + MOMENT)
    assert CHAT not in reachability.unreachable


async def test_a_chat_that_was_never_lost_may_be_heard_from(
    reachability: Reachability, clock: Clock
) -> None:
    reachability.heard_from(CHAT, clock.now)

    assert CHAT not in reachability.unreachable


async def test_chats_are_remembered_in_bounded_number_the_latest_of_them(
    reachability: Reachability,
) -> None:
    for chat in (1, 2, 3):
        await reachability.lose(chat)

    assert [chat in reachability.unreachable for chat in (1, 2, 3)] == [False, True, True]


async def test_a_chat_that_is_lost_again_counts_among_the_latest(
    reachability: Reachability,
) -> None:
    for chat in (1, 2, 1, 3):
        await reachability.lose(chat)

    assert [chat in reachability.unreachable for chat in (1, 2, 3)] == [True, False, True]


async def test_what_can_not_be_recorded_for_all_replicas_does_not_count_for_this_one(
    engine: Engine, clock: Clock
) -> None:
    table = AwayTable(engine)
    reachability = Reachability(table, clock)

    with pytest.raises(DatabaseAway):
        await reachability.lose(CHAT)
    assert CHAT not in reachability.unreachable

    table.is_away = False
    await reachability.lose(CHAT)
    table.is_away = True
    with pytest.raises(DatabaseAway):
        await reachability.regain(CHAT)
    assert CHAT in reachability.unreachable
