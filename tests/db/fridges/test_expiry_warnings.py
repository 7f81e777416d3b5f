import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from itertools import product
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from db.chats.forgetting import ForgettingRepository
from db.chats.settings import ChatRepository
from db.chats.unreachable_chats import UnreachableChatRepository
from db.connection.database import Engine
from db.fridges import expiry_warnings
from db.fridges.expiry_warnings import (
    CLAIM_LIFE,
    KOREAN_ZONE,
    OTHER_ZONE,
    DueWarning,
    ExpiryWarningRepository,
    Position,
    Window,
)
from db.fridges.repository import FridgeRepository
from db.fridges.sessions import SessionRepository
from fridge.items import MAX_ITEMS, NewItem
from fridge.lifetime import Lifetime
from fridge.lots import Amount, Lot, Place, Unit
from fridge.request_keys import RequestKey
from fridge.times import MICROSECOND
from tests.conftest import Clock
from tests.db.conftest import CHAT, OTHER_CHAT
from tests.db.lock_order import chats_not_locked_yet
from tests.db.requests import sent
from tests.db.tables import Tables
from tests.waiting import wait_until

HOUR = timedelta(hours=1)
DAY = timedelta(hours=24)
TAP = RequestKey(CHAT, "q1")

# What somebody else's change of the fridge does, step by step.
HOLD = text("UPDATE user_fridge_sessions SET revision = revision + 1 WHERE chat_id = :chat_id")
TAKE_QUARK = text("DELETE FROM user_fridge_ingredients WHERE chat_id = :chat_id AND name = 'quark'")
BEGIN_AFRESH = text(
    "UPDATE user_fridge_sessions SET created_at = :now, last_accessed = :now"
    " WHERE chat_id = :chat_id"
)
PUT_MILK_AGAIN = text(
    "UPDATE user_fridge_ingredients SET added_at = :now WHERE chat_id = :chat_id AND name = ''"
)
PUT_TOFU = text("INSERT INTO user_fridge_ingredients VALUES (:chat_id, 0, 'tofu', 'tofu', :now)")

MakeItem = Callable[[str], NewItem]
Claim = Callable[..., Awaitable[frozenset[int]]]


@pytest.fixture
def warnings(engine: AsyncEngine, lifetime: Lifetime) -> ExpiryWarningRepository:
    return ExpiryWarningRepository(engine, lifetime)


class House:
    """Fridges, the time, and the warnings that are due two hours before they expire."""

    def __init__(  # noqa: PLR0917 (parts that one fixture puts together)
        self,
        fridges: FridgeRepository,
        warnings: ExpiryWarningRepository,
        sessions: SessionRepository,
        tables: Tables,
        clock: Clock,
        item: MakeItem,
    ) -> None:
        self.fridges = fridges
        self.warnings = warnings
        self.sessions = sessions
        self.tables = tables
        self.clock = clock
        self.item = item

    async def add(self, *names: str, chat: int = CHAT, language: str | None = None) -> None:
        items = [self.item(name) for name in names]
        await self.fridges.add(sent(chat), items, self.clock.now, language=language)

    async def names(self, chat: int = CHAT) -> set[str]:
        fridge = await self.fridges.list(chat, self.clock.now)
        return {item.name or item.en for item in fridge.items}

    async def claim(self, *zones: str, most: int = 100) -> Sequence[DueWarning]:
        now = self.clock.now
        windows = [Window(zone, now, now + 2 * HOUR) for zone in zones or (OTHER_ZONE, KOREAN_ZONE)]
        return (await self.warnings.claim(windows, Position(), most, now)).warnings

    async def warn(self) -> DueWarning:
        """The one warning that is due, sent."""
        [warning] = await self.claim()
        await self.warnings.mark_sent(warning.chat_id, warning.last_accessed, self.clock.now)
        return warning

    async def purge(self) -> None:
        assert await self.sessions.purge_expired(self.clock.now) == 1


@pytest.fixture
def house(  # noqa: PLR0917 (fixtures)
    fridges: FridgeRepository,
    warnings: ExpiryWarningRepository,
    sessions: SessionRepository,
    tables: Tables,
    clock: Clock,
    item: MakeItem,
) -> House:
    return House(fridges, warnings, sessions, tables, clock, item)


# What is due


async def test_a_fridge_is_warned_of_once_for_each_period_of_quiet(house: House) -> None:
    used_at = house.clock.now
    await house.add("milk", "quark", language="en")
    house.clock.advance(hours=21, minutes=59)
    assert await house.claim() == []
    house.clock.advance(minutes=1)

    [warning] = await house.claim()

    assert warning == DueWarning(
        chat_id=CHAT,
        last_accessed=used_at,
        expires_at=used_at + DAY,
        items=[house.item("quark"), house.item("milk")],
        language="en",
    )
    assert await house.claim() == []
    await house.warnings.mark_sent(CHAT, used_at, house.clock.now)
    house.clock.advance(hours=1)
    assert await house.claim() == []

    await house.fridges.list(CHAT, house.clock.now)
    assert await house.claim() == []
    house.clock.advance(hours=22)
    [again] = await house.claim()
    assert again.last_accessed == used_at + 23 * HOUR
    assert again.expires_at == used_at + 23 * HOUR + DAY
    assert await house.claim() == []
    house.clock.now += CLAIM_LIFE
    assert await house.claim() == [again]


async def test_a_warning_that_was_claimed_and_not_sent_is_claimed_again(house: House) -> None:
    await house.add("milk")
    house.clock.advance(hours=22)
    [claimed] = await house.claim()
    house.clock.now += CLAIM_LIFE - MICROSECOND
    assert await house.claim() == []
    house.clock.now += MICROSECOND

    assert await house.claim() == [claimed]

    await house.warnings.mark_sent(CHAT, claimed.last_accessed, house.clock.now)
    house.clock.now += CLAIM_LIFE
    assert await house.claim() == []


async def test_a_warning_that_is_marked_as_sent_is_that_of_its_chat_and_its_period(
    house: House,
) -> None:
    for chat in (1, 2):
        await house.add("milk", chat=chat)
    house.clock.advance(hours=22)
    first, second = await house.claim()
    await house.warnings.mark_sent(1, first.last_accessed, house.clock.now)
    house.clock.now += CLAIM_LIFE
    assert await house.claim() == [second]

    # A mark that comes late, when the chat has used its fridge and is quiet again.
    await house.fridges.list(2, house.clock.now)
    house.clock.advance(hours=22)
    [again] = await house.claim()
    await house.warnings.mark_sent(2, second.last_accessed, house.clock.now)
    house.clock.now += CLAIM_LIFE
    assert await house.claim() == [again]


@pytest.mark.parametrize("other", ["claims them", "has sent them after all"])
async def test_what_another_replica_does_between_finding_and_claiming_counts(
    house: House, other: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for chat in (1, 2):
        await house.add("milk", chat=chat)
    house.clock.advance(hours=22)
    slow = await house.claim()
    house.clock.now += CLAIM_LIFE
    claim: Claim = vars(expiry_warnings)["_claim"]

    async def claim_a_little_later(*found: Any) -> frozenset[int]:  # noqa: ANN401 (handed on)
        if "sent" in other:
            for warning in slow:
                await house.warnings.mark_sent(
                    warning.chat_id, warning.last_accessed, house.clock.now
                )
        else:
            assert await claim(*found) == {1, 2}
        return await claim(*found)

    monkeypatch.setattr(expiry_warnings, "_claim", claim_a_little_later)

    assert await house.claim() == []


async def test_the_record_of_a_warning_is_that_of_the_present_period(
    house: House, engine: AsyncEngine
) -> None:
    await house.add("milk")
    house.clock.advance(hours=22)
    await house.warn()
    house.clock.advance(hours=25)
    began = house.clock.now
    await house.add("eggs")
    used = house.clock.advance(hours=1)
    await house.fridges.list(CHAT, used)
    now = house.clock.advance(hours=22)

    await house.claim()

    async with engine.connect() as connection:
        [row] = (await connection.execute(text("SELECT * FROM expiry_warnings"))).mappings()
    assert (row["created_at"], row["last_accessed"], row["expires_at"]) == (
        began,
        used,
        began + DAY,
    )
    assert (row["claimed_at"], row["sent_at"]) == (now, None)


async def test_of_many_replicas_one_claims_a_warning_and_the_soonest_come_first(
    house: House,
) -> None:
    for chat in range(1, 31):
        await house.add("milk", chat=chat)
        house.clock.advance(seconds=1)
    house.clock.advance(hours=22)

    async def claims() -> list[int]:
        chats: list[int] = []
        now = house.clock.now
        begin: Position | None = Position()
        while begin:
            claimed = await house.warnings.claim(
                [Window(OTHER_ZONE, now, now + 2 * HOUR)], begin, 5, now
            )
            chats += [warning.chat_id for warning in claimed.warnings]
            begin = claimed.end
        return chats

    claimed = await asyncio.gather(*(claims() for _ in range(4)))

    assert sorted(chat for chats in claimed for chat in chats) == list(range(1, 31))
    assert [chats for chats in claimed if chats != sorted(chats)] == []


async def test_the_next_claim_goes_on_where_the_last_one_ended(house: House) -> None:
    for chat in (3, 2, 1):
        await house.add("milk", chat=chat)
        house.clock.advance(seconds=1)
    now = house.clock.advance(hours=22)
    windows = [Window(OTHER_ZONE, now, now + 2 * HOUR)]

    first = await house.warnings.claim(windows, Position(), 2, now)
    assert first.end is not None
    rest = await house.warnings.claim(windows, first.end, 2, now)

    assert [warning.chat_id for warning in first.warnings] == [3, 2]
    assert [warning.chat_id for warning in rest.warnings] == [1]
    assert rest.end is None


async def test_each_fridge_is_looked_at_once_though_several_expire_at_the_same_time(
    house: House,
) -> None:
    for chat in (9, 3, 4):
        await house.add("milk", chat=chat)
    house.clock.advance(seconds=1)
    await house.add("milk", chat=1)
    await house.add("milk", chat=2)
    house.clock.advance(hours=1)
    await house.fridges.list(2, house.clock.now)
    await house.add("milk", chat=5)
    now = house.clock.advance(hours=21)
    windows = [Window(OTHER_ZONE, now, now + 2 * HOUR)]
    looks: list[list[int]] = []

    begin: Position | None = Position()
    while begin and len(looks) < 10:
        claimed = await house.warnings.claim(windows, begin, 1, now)
        looks.append([warning.chat_id for warning in claimed.warnings])
        begin = claimed.end

    # Neither the one that was used since nor the one that is not due is looked at.
    assert looks == [[3], [4], [9], [1], []]


async def test_a_warning_lists_what_is_in_the_chats_own_fridge_now(house: House) -> None:
    await house.add("milk", chat=1)
    house.clock.advance(seconds=1)
    await house.add("quark", "eggs", chat=2)
    await house.tables.run(
        "INSERT INTO user_fridge_ingredients (chat_id, ingredient_id, name_key, name, added_at)"
        " VALUES (2, 0, 'old', 'of an earlier life', :time)",
        time=house.clock.now - DAY,
    )
    house.clock.advance(hours=22)

    first, second = await house.claim()

    assert (first.chat_id, first.items) == (1, [house.item("milk")])
    assert (second.chat_id, second.items) == (2, [house.item("quark"), house.item("eggs")])


@pytest.mark.parametrize(
    ("used_before", "expires_in"),
    [(27 * HOUR, 2 * HOUR), (22 * HOUR, -8 * HOUR)],
    ids=["by its written expiry", "by its last use"],
)
async def test_a_fridge_that_lives_by_one_bound_alone_is_warned_of(
    house: House, used_before: timedelta, expires_in: timedelta
) -> None:
    now = house.clock.now
    house.clock.now -= used_before
    await house.add("milk")
    house.clock.now = now
    await house.tables.run(
        "UPDATE user_fridge_sessions SET expires_at = :expires_at", expires_at=now + expires_in
    )

    [warning] = await house.claim()

    assert warning.expires_at == now + 2 * HOUR


async def test_a_fridge_that_has_expired_or_whose_chat_went_with_its_last_use_is_not_warned_of(
    house: House, engine: AsyncEngine
) -> None:
    await house.add("milk")
    house.clock.advance(hours=2)
    await house.add("milk", chat=OTHER_CHAT)
    await UnreachableChatRepository(engine).put(OTHER_CHAT, house.clock.now)
    house.clock.advance(hours=22)

    assert await house.claim() == []


async def test_nothing_is_said_of_a_fridge_that_is_empty_gone_used_or_unwanted(
    house: House, engine: AsyncEngine
) -> None:
    chats, unreachable = ChatRepository(engine), UnreachableChatRepository(engine)
    for chat in range(1, 7):
        await house.add("milk", chat=chat)
    await house.fridges.clear(sent(1), house.clock.now, house.clock.now)
    await chats.choose(sent(2), house.clock.now, warnings=False)
    await unreachable.put(3, house.clock.advance(hours=1))
    await unreachable.put(4, house.clock.now)
    await unreachable.drop(4)
    await house.fridges.list(5, house.clock.advance(hours=10))
    house.clock.advance(hours=11, minutes=30)

    # Written an hour later than used, as by a longer life that was set before.
    await house.tables.run(
        "UPDATE user_fridge_sessions SET expires_at = expires_at + interval '1 hour'"
        " WHERE chat_id = 6"
    )
    assert (await house.warn()).chat_id == 4
    house.clock.advance(minutes=30)
    [late] = await house.claim()
    assert (late.chat_id, late.expires_at - house.clock.now) == (6, 2 * HOUR)
    house.clock.advance(hours=2)
    assert await house.claim() == []

    await house.fridges.list(3, house.clock.now)
    await house.add("milk", chat=3)
    house.clock.advance(hours=22)
    assert {warning.chat_id for warning in await house.claim()} == {3}


async def test_a_chat_is_in_the_zone_that_it_chose_or_that_of_its_language(
    house: House, engine: AsyncEngine
) -> None:
    chats = ChatRepository(engine)
    await house.add("milk", chat=1, language="ko")
    await house.add("milk", chat=2, language="ko")
    await chats.choose(sent(2), house.clock.now, language="en")
    await house.add("milk", chat=3)
    await chats.choose(sent(3), house.clock.now, time_zone="Asia/Tokyo")
    house.clock.advance(hours=22)

    assert [w.chat_id for w in await house.claim("Asia/Seoul")] == [1]
    [chosen] = await house.claim("UTC")
    assert (chosen.chat_id, chosen.language) == (2, "en")
    assert [w.chat_id for w in await house.claim("Asia/Tokyo", "Asia/Seoul", "UTC")] == [3]
    # A tap is answered in the language that the chat chose.
    for chat, language in ((1, None), (2, "en")):
        kept = await house.warnings.keep(sent(chat), house.clock.now, house.clock.now)
        assert kept.language == language


async def test_a_fridge_is_warned_of_in_the_windows_of_its_own_zone_alone(house: House) -> None:
    now = house.clock.now
    # As in an evening of Korea, with the fridges whose warning would be due in the night.
    windows = [
        Window(KOREAN_ZONE, now, now + 2 * HOUR),
        Window(KOREAN_ZONE, now + 8 * HOUR, now + 10 * HOUR),
        Window(OTHER_ZONE, now, now + 6 * HOUR),
    ]
    due: set[int] = set()
    fridges = product((("ko", {1, 9}), ("en", {1, 5})), (1, 5, 9), (1, 5, 9))
    for chat, ((language, hours), by_written_expiry, by_last_use) in enumerate(fridges, start=1):
        house.clock.now = now + by_last_use * HOUR - DAY
        await house.add("milk", chat=chat, language=language)
        await house.tables.run(
            "UPDATE user_fridge_sessions SET expires_at = :expires_at WHERE chat_id = :chat",
            expires_at=now + by_written_expiry * HOUR,
            chat=chat,
        )
        if max(by_written_expiry, by_last_use) in hours:
            due.add(chat)

    claimed = await house.warnings.claim(windows, Position(), 100, now)

    assert {warning.chat_id for warning in claimed.warnings} == due


async def test_a_replica_that_claims_waits_for_no_command_in_a_circle(
    house: House, engine: AsyncEngine
) -> None:
    for chat in (1, 2, 3):
        await house.add("milk", chat=chat)
    house.clock.advance(hours=22)
    await house.claim()
    house.clock.now += CLAIM_LIFE

    # People's commands lock the highest chat first.
    assert await chats_not_locked_yet(engine, "expiry_warnings", 2, house.claim()) == [1]


# What is kept


async def test_a_live_fridge_is_kept_for_its_full_time(house: House) -> None:
    await house.add("milk", "eggs")
    house.clock.advance(hours=22)
    warning = await house.warn()
    await house.fridges.remove(sent(CHAT), [house.item("eggs").key], house.clock.now)
    before = await house.tables.session(CHAT)
    now = house.clock.advance(hours=1)

    kept = await house.warnings.keep(TAP, warning.last_accessed, now)

    assert (kept.put_back, kept.count, kept.expires_at) == ([], 1, now + DAY)
    session = await house.tables.session(CHAT)
    assert before is not None
    assert session is not None
    assert session["revision"] > before["revision"]
    house.clock.advance(hours=5)
    assert await house.warnings.keep(TAP, warning.last_accessed, house.clock.now) == kept
    assert await house.tables.session(CHAT) == session
    house.clock.advance(hours=18, minutes=59)
    assert await house.names() == {"milk"}


@pytest.mark.parametrize("purged", [True, False])
async def test_what_is_gone_comes_back_as_listed(house: House, *, purged: bool) -> None:
    await house.add("quark", language="ko")
    house.clock.advance(hours=1)
    await house.add("milk")
    before = await house.tables.items(CHAT)
    began = await house.tables.session(CHAT)
    house.clock.advance(hours=22)
    warning = await house.warn()
    now = house.clock.advance(hours=3)
    await house.add("eggs", chat=OTHER_CHAT)
    if purged:
        await house.purge()

    kept = await house.warnings.keep(TAP, warning.last_accessed, now, language="en")

    assert (kept.put_back, kept.count, kept.expires_at) == (warning.items, 2, now + DAY)
    assert await house.tables.items(CHAT) == before
    session = await house.tables.session(CHAT)
    assert session is not None
    assert began is not None
    assert (session["created_at"], session["language"]) == (began["created_at"], "en")
    assert session["expires_at"] == now + DAY
    # A statement that saw an earlier session of the chat comes too late.
    assert session["revision"] > began["revision"]
    assert await house.names(OTHER_CHAT) == {"egg"}

    # The same tap delivered again, somebody else's, and one on an older warning.
    await house.fridges.remove(sent(CHAT), [house.item("milk").key], now)
    assert await house.warnings.keep(TAP, warning.last_accessed, now) == kept
    second = await house.warnings.keep(RequestKey(CHAT, "q2"), warning.last_accessed, now)
    assert (second.put_back, second.count) == ([], 1)
    third = await house.warnings.keep(RequestKey(CHAT, "q3"), now - 99 * DAY, now)
    assert (third.put_back, third.count) == ([], 1)
    assert await house.names() == {"quark"}

    # Delivered again, it does not begin another life either.
    now = house.clock.advance(hours=25)
    assert await house.sessions.purge_expired(now) == 2
    assert await house.warnings.keep(TAP, warning.last_accessed, now) == kept
    assert await house.tables.session(CHAT) is None


async def test_who_puts_back_without_a_language_leaves_that_of_the_fridge(house: House) -> None:
    await house.add("milk", language="ko")
    house.clock.advance(hours=22)
    warning = await house.warn()
    now = house.clock.advance(hours=3)

    await house.warnings.keep(TAP, warning.last_accessed, now)

    session = await house.tables.session(CHAT)
    assert session is not None
    assert session["language"] == "ko"


async def test_the_list_of_the_last_warning_comes_back_and_not_that_of_one_before(
    house: House,
) -> None:
    await house.add("milk", "quark")
    house.clock.advance(hours=22)
    await house.warn()
    await house.fridges.clear(sent(CHAT), house.clock.now, house.clock.now)
    house.clock.advance(hours=25)
    await house.add("eggs")
    house.clock.advance(hours=22)
    second = await house.warn()
    now = house.clock.advance(hours=3)
    await house.purge()

    kept = await house.warnings.keep(TAP, second.last_accessed, now)

    assert kept.put_back == [house.item("eggs")]
    session = await house.tables.session(CHAT)
    assert session is not None
    assert session["created_at"] == second.last_accessed


async def test_a_clock_that_was_set_back_makes_no_use_earlier(house: House) -> None:
    await house.add("milk")
    house.clock.advance(hours=22)
    warning = await house.warn()
    last_use = house.clock.advance(hours=1)
    await house.fridges.list(CHAT, last_use)
    now = house.clock.advance(hours=-0.5)

    kept = await house.warnings.keep(TAP, warning.last_accessed, now)

    session = await house.tables.session(CHAT)
    assert session is not None
    assert session["last_accessed"] == last_use
    assert kept.expires_at == now + DAY
    assert await house.warnings.keep(TAP, warning.last_accessed, last_use) == kept


@pytest.mark.parametrize("purged", [True, False])
async def test_what_came_in_meanwhile_stays_and_nothing_else_comes_to_life(
    house: House, *, purged: bool
) -> None:
    await house.add("milk", "butter", "quark")
    house.clock.advance(hours=22)
    warning = await house.warn()
    house.clock.advance(hours=25)
    if purged:
        await house.purge()
    await house.add("eggs", "milk", "grandma's sauce")
    await house.add("butter", "quark", chat=OTHER_CHAT)
    now = house.clock.advance(hours=1)

    kept = await house.warnings.keep(TAP, warning.last_accessed, now)

    assert kept.put_back == [house.item("quark"), house.item("butter")]
    assert kept.count == 5
    assert await house.names() == {"egg", "milk", "grandma's sauce", "butter", "quark"}
    assert len(await house.tables.items(CHAT)) == 5


async def test_what_a_fridge_has_outlived_stays_gone_unless_the_warning_lists_it(
    house: House,
) -> None:
    await house.add("quark")
    house.clock.advance(hours=22)
    warning = await house.warn()
    house.clock.advance(hours=25)
    await house.add("eggs")
    for name in ("quark", "old"):
        await house.tables.run(
            "INSERT INTO user_fridge_ingredients (chat_id, ingredient_id, name_key, name, added_at)"
            " VALUES (:chat, 0, :key, 'of an earlier life', :time)",
            chat=CHAT,
            key=name,
            time=house.clock.now - HOUR,
        )

    kept = await house.warnings.keep(TAP, warning.last_accessed, house.clock.now)

    assert kept.put_back == [house.item("quark")]
    fridge = await house.fridges.list(CHAT, house.clock.now)
    assert [(item.name or item.en, item.added_at) for item in fridge.items] == [
        ("egg", house.clock.now),
        ("quark", warning.last_accessed),
    ]


async def test_a_written_expiry_that_is_later_stays_when_things_are_put_back(house: House) -> None:
    await house.add("milk")
    house.clock.advance(hours=22)
    warning = await house.warn()
    now = house.clock.advance(hours=25)
    await house.add("eggs")
    await house.tables.run(  # as by a longer life that was set before
        "UPDATE user_fridge_sessions SET expires_at = :expires_at", expires_at=now + 3 * DAY
    )

    kept = await house.warnings.keep(TAP, warning.last_accessed, now)

    assert kept.expires_at == now + 3 * DAY


@pytest.mark.parametrize("then", ["expires", "is purged", "begins afresh", "is purged and begins"])
async def test_nothing_comes_back_of_a_fridge_that_was_used_after_the_warning(
    house: House, then: str
) -> None:
    await house.add("milk", "quark")
    await house.add("milk", chat=OTHER_CHAT)
    house.clock.advance(hours=22)
    warnings = {warning.chat_id: warning.last_accessed for warning in await house.claim()}
    now = house.clock.advance(minutes=30)
    await house.fridges.clear(sent(CHAT), now, now)
    now = house.clock.advance(hours=24)  # to the microsecond
    if "purged" in then:
        assert await house.sessions.purge_expired(now) == 2
    if "begins" in then:
        await house.add("eggs")

    kept = await house.warnings.keep(TAP, warnings[CHAT], now)
    other = await house.warnings.keep(sent(OTHER_CHAT), warnings[OTHER_CHAT], now)

    assert kept.put_back == []
    assert (kept.expires_at is not None) == ("begins" in then)
    assert await house.names() == ({"egg"} if "begins" in then else set())
    assert other.put_back == [house.item("milk")]


async def test_nothing_is_kept_of_a_chat_that_is_forgotten_or_used_while_warnings_are_claimed(
    house: House, engine: AsyncEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    forgetting = ForgettingRepository(engine)
    # What comes between the two statements of a claim.
    claim: Claim = vars(expiry_warnings)["_claim"]

    async def claim_a_little_later(*found: Any) -> frozenset[int]:  # noqa: ANN401 (handed on)
        await forgetting.forget(sent(1), house.clock.now, house.clock.now)
        await house.fridges.list(2, house.clock.now)
        return await claim(*found)

    for chat in (1, 2, 3):
        await house.add("milk", chat=chat)
    house.clock.advance(hours=22)
    monkeypatch.setattr(expiry_warnings, "_claim", claim_a_little_later)

    assert [warning.chat_id for warning in await house.claim()] == [3]
    assert not (await forgetting.stored(1)).warning


@pytest.mark.parametrize(("hours", "count"), [(1, 1), (3, 3)])
async def test_a_tap_that_waits_for_somebody_sees_what_they_did(
    house: House, engine: AsyncEngine, hours: int, count: int
) -> None:
    await house.add("milk", "quark")
    house.clock.advance(hours=22)
    warning = await house.warn()
    now = house.clock.advance(hours=hours)
    async with engine.connect() as connection:
        await connection.execution_options(isolation_level="READ COMMITTED")
        await connection.execute(HOLD, {"chat_id": CHAT})
        tap = asyncio.create_task(house.warnings.keep(TAP, warning.last_accessed, now))

        async def waits() -> bool:
            return await house.tables.count_waiting() == 1

        await wait_until(waits)
        if hours < 2:
            await connection.execute(TAKE_QUARK, {"chat_id": CHAT})
        else:
            await connection.execute(BEGIN_AFRESH, {"chat_id": CHAT, "now": now})
            await connection.execute(PUT_TOFU, {"chat_id": CHAT, "now": now})
        await connection.commit()

    assert (await tap).count == count
    assert len(await house.names()) == count


async def test_a_tap_that_comes_too_late_takes_out_nothing_that_somebody_put_in_again(
    house: House, engine: AsyncEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    await house.add("milk", "quark")
    house.clock.advance(hours=22)
    warning = await house.warn()
    now = house.clock.advance(hours=3)
    monkeypatch.setattr(expiry_warnings, "MAX_ITEMS", 1)
    async with engine.connect() as connection:
        await connection.execution_options(isolation_level="READ COMMITTED")
        await connection.execute(HOLD, {"chat_id": CHAT})
        tap = asyncio.create_task(house.warnings.keep(TAP, warning.last_accessed, now))

        async def waits() -> bool:
            return await house.tables.count_waiting() == 1

        await wait_until(waits)
        await connection.execute(BEGIN_AFRESH, {"chat_id": CHAT, "now": now})
        await connection.execute(PUT_MILK_AGAIN, {"chat_id": CHAT, "now": now})
        await connection.commit()

    assert (await tap).put_back == []
    assert await house.names() == {"milk"}


async def test_a_fridge_takes_back_as_much_as_there_is_room_for(house: House) -> None:
    await house.add("milk", "eggs")
    house.clock.advance(hours=22)
    warning = await house.warn()
    house.clock.advance(hours=25)
    await house.add(*(f"thing {number}" for number in range(MAX_ITEMS - 1)))

    kept = await house.warnings.keep(TAP, warning.last_accessed, house.clock.now)

    assert (kept.put_back, kept.count) == (warning.items[:1], MAX_ITEMS)
    assert len(await house.names()) == MAX_ITEMS


@pytest.mark.parametrize("begun_again", [True, False])
async def test_what_there_is_no_room_for_does_not_come_back(
    house: House, monkeypatch: pytest.MonkeyPatch, *, begun_again: bool
) -> None:
    await house.add("milk", "quark")
    house.clock.advance(hours=22)
    warning = await house.warn()
    now = house.clock.advance(hours=25)
    if begun_again:  # with more than there is room for, as after a move
        await house.add("eggs", "butter")
    monkeypatch.setattr(expiry_warnings, "MAX_ITEMS", 1)

    kept = await house.warnings.keep(TAP, warning.last_accessed, now)

    assert kept.put_back == ([] if begun_again else [house.item("quark")])
    assert await house.names() == ({"egg", "butter"} if begun_again else {"quark"})


async def test_an_older_warning_brings_nothing_back(house: House) -> None:
    await house.add("milk")
    house.clock.advance(hours=22)
    older = await house.warn()
    await house.add("eggs")
    house.clock.advance(hours=22)
    await house.warn()
    now = house.clock.advance(hours=3)
    await house.purge()

    kept = await house.warnings.keep(TAP, older.last_accessed, now)

    assert (kept.put_back, kept.count, kept.expires_at) == ([], 0, None)
    assert await house.tables.session(CHAT) is None
    assert await house.warnings.keep(TAP, older.last_accessed, now) == kept


async def test_taps_purges_and_adding_at_once_lose_nothing(house: House) -> None:
    for attempt in range(15):
        await house.add("milk", "quark")
        house.clock.advance(hours=22)
        warning = await house.warn()
        now = house.clock.advance(hours=2)

        done = await asyncio.gather(
            house.sessions.purge_expired(now),
            *(
                house.warnings.keep(RequestKey(CHAT, f"q{attempt}.{n}"), warning.last_accessed, now)
                for n in range(3)
            ),
            house.add("eggs"),
            house.fridges.list(CHAT, now),
        )

        assert done[0] in {0, 1}
        assert await house.names() == {"milk", "quark", "egg"}
        house.clock.advance(hours=25)
        await house.purge()


# What is forgotten


@pytest.mark.parametrize("longer", [0, 1], ids=["by its last use", "by its written expiry"])
async def test_a_warning_of_a_fridge_that_lives_for_months_is_kept_until_it_expires(
    house: House, engine: Engine, longer: int
) -> None:
    """`WARN_BEFORE` may be half of `SESSION_TTL`, which is more than 30 days here."""
    warnings = ExpiryWarningRepository(engine, Lifetime(70 * DAY))
    fridges = FridgeRepository(engine, Lifetime(70 * DAY))

    async def claimed() -> int:
        now = house.clock.now
        windows = [Window(OTHER_ZONE, now, now + 35 * DAY)]
        due = (await warnings.claim(windows, Position(), 100, now)).warnings
        for warning in due:
            await warnings.mark_sent(warning.chat_id, warning.last_accessed, now)
        return len(due)

    await fridges.add(sent(CHAT), [house.item("milk")], house.clock.now)
    house.clock.advance(hours=1)
    # The expiry that is written, and that the warning records, is then an hour too early.
    await fridges.list(CHAT, house.clock.now)
    await house.tables.run(  # as by a longer life that was set before
        "UPDATE user_fridge_sessions SET expires_at = expires_at + CAST(:longer AS interval)",
        longer=2 * longer * HOUR,
    )
    house.clock.advance(days=35, hours=longer)
    assert await claimed() == 1

    for days, hours in ((31, 0), (3, 23.5)):
        house.clock.advance(days=days, hours=hours)
        assert await warnings.forget_old(house.clock.now) == 0
        assert await claimed() == 0
    house.clock.advance(hours=0.5)
    assert await warnings.forget_old(house.clock.now) == 1


async def test_a_warning_and_an_unreachable_chat_are_forgotten_after_30_days(
    house: House, engine: AsyncEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(expiry_warnings, "BATCH_SIZE", 2)
    unreachable = UnreachableChatRepository(engine)
    for chat in (1, 2, 3, 4, OTHER_CHAT):
        await house.add("milk", chat=chat)
    house.clock.advance(hours=22)
    assert len(await house.claim()) == 5
    await unreachable.put(OTHER_CHAT, house.clock.now)
    house.clock.advance(days=30)
    assert await house.warnings.forget_old(house.clock.now) == 0
    assert await unreachable.forget_old(house.clock.now) == 0
    await house.add("milk")
    house.clock.advance(hours=22)
    [newest] = await house.claim()

    assert await house.warnings.forget_old(house.clock.now) == 5
    assert await unreachable.forget_old(house.clock.now) == 1
    assert await house.claim() == []
    house.clock.advance(hours=3)
    kept = await house.warnings.keep(TAP, newest.last_accessed, house.clock.now)
    assert kept.count == 1


async def test_what_comes_back_has_its_amount_and_date(house: House) -> None:
    milk, quark = house.item("milk"), house.item("quark")
    lots = [
        replace(milk, lot=Lot(Amount(Decimal("0.5"), Unit.BOTTLE), house.clock.now.date())),
        replace(milk, lot=Lot(Amount(Decimal(2)), place=Place.FREEZER, note="fresh")),
        quark,
    ]
    await house.fridges.add(sent(CHAT), lots, house.clock.now)
    before = await house.fridges.list(CHAT, house.clock.now)
    house.clock.advance(hours=22)
    warning = await house.warn()
    assert set(warning.items) == set(lots)
    house.clock.advance(hours=3)
    await house.purge()

    kept = await house.warnings.keep(TAP, warning.last_accessed, house.clock.now)

    assert set(kept.put_back) == set(lots)
    assert (await house.fridges.list(CHAT, house.clock.now)).items == before.items
    assert kept == await house.warnings.keep(TAP, warning.last_accessed, house.clock.now)


async def test_what_comes_back_stands_beside_other_lots_put_in_since(house: House) -> None:
    milk = house.item("milk")
    old, new = (
        [replace(milk, lot=Lot(Amount(Decimal(number), unit))) for number, unit in amounts]
        for amounts in (
            [(500, Unit.MILLILITRE), (2, Unit.PACK)],
            [(1, Unit.BOTTLE), (5, Unit.PACK)],
        )
    )
    await house.fridges.add(sent(CHAT), old, house.clock.now)
    house.clock.advance(hours=22)
    warning = await house.warn()
    house.clock.advance(hours=3)
    await house.purge()
    await house.fridges.add(sent(CHAT), new, house.clock.now)

    kept = await house.warnings.keep(TAP, warning.last_accessed, house.clock.now)

    assert (kept.put_back, kept.count) == (old[:1], 3)
    found = await house.fridges.list(CHAT, house.clock.now)
    assert {item.lot for item in found.items} == {old[0].lot, *(each.lot for each in new)}
