"""The services of handlers: the repositories, and the limits that an operator has set."""

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.conversation.replies import Privately, Reply, TapReply
from bot.conversation.requests import Request
from bot.features.allowed_chats import AllowedChats
from bot.locale.language import Language
from bot.understanding.likely_names import LikelyNames
from bot.understanding.parse import Knowledge
from bot.understanding.slices import Slices
from db.chats.forgetting import ForgettingRepository
from db.chats.migrated_groups import MigratedGroupRepository
from db.chats.settings import ChatRepository
from db.chats.unreachable_chats import UnreachableChatRepository
from db.connection.database import Engine
from db.fridges.expiry_warnings import ExpiryWarningRepository
from db.fridges.repository import FridgeRepository
from db.fridges.sessions import SessionRepository
from db.operation.job_runs import JobRunRepository
from db.operation.statistics import StatisticsRepository
from db.updates.failed_updates import FailedUpdateRepository
from db.updates.handled_requests import HandledRequestRepository
from db.updates.waiting_updates import WaitingUpdateRepository
from fridge.catalogue.catalogue import Catalogue
from fridge.lifetime import Lifetime

Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Services:
    """The repositories on one database, and the settings that handlers need.

    `ttl` is how long a fridge lives after its last use. `warn_before` is how long before a fridge
    empties itself its chat is warned; None: never. `started_at` is when the program started.
    """

    catalogue: Catalogue
    likely_names: LikelyNames
    knowledge: Knowledge
    chats: ChatRepository
    fridges: FridgeRepository
    sessions: SessionRepository
    statistics: StatisticsRepository
    job_runs: JobRunRepository
    handled_requests: HandledRequestRepository
    failed_updates: FailedUpdateRepository
    waiting_updates: WaitingUpdateRepository
    migrated_groups: MigratedGroupRepository
    warnings: ExpiryWarningRepository
    unreachable_chats: UnreachableChatRepository
    forgetting: ForgettingRepository
    admin_ids: frozenset[int]
    allowed: AllowedChats
    ttl: timedelta
    warn_before: timedelta | None
    clock: Clock
    started_at: datetime
    slices: Slices = field(default_factory=Slices)

    async def language(self, request: Request) -> Language:
        """Look up the language of the reply, for a handler that reads no fridge."""
        return reply_language(await self.chats.language(request.chat_id), request)

    async def move_group(self, old_chat: int, new_chat: int) -> None:
        """Move what is stored of a group to the supergroup that it became, and allow that one."""
        await self.migrated_groups.move(old_chat, new_chat, self.clock())
        self.allowed.follow(old_chat, new_chat)


def build_services(
    engine: Engine,
    catalogue: Catalogue,
    likely_names: LikelyNames,
    knowledge: Knowledge,
    *,
    ttl: timedelta,
    warn_before: timedelta | None,
    admin_ids: frozenset[int],
    allowed_ids: Iterable[int],
    clock: Clock,
) -> Services:
    """Build all repositories on one database. The program and the tests call this.

    Args:
        engine: of the database.
        catalogue: the ingredients, which are also in the database.
        likely_names: of the same catalogue.
        knowledge: of the same catalogue, for the engine of understanding.
        ttl: how long a fridge lives after its last use.
        warn_before: how long before a fridge empties itself its chat is warned; None: never.
        admin_ids: of the people who may send the admins' commands.
        allowed_ids: of the people and groups that may use the bot; empty: everybody may.
        clock: returns the present time, aware.
    """
    lifetime = Lifetime(ttl)
    return Services(
        catalogue=catalogue,
        likely_names=likely_names,
        knowledge=knowledge,
        chats=ChatRepository(engine),
        fridges=FridgeRepository(engine, lifetime),
        sessions=SessionRepository(engine, lifetime),
        statistics=StatisticsRepository(engine, lifetime),
        job_runs=JobRunRepository(engine),
        handled_requests=HandledRequestRepository(engine),
        failed_updates=FailedUpdateRepository(engine),
        waiting_updates=WaitingUpdateRepository(engine),
        migrated_groups=MigratedGroupRepository(engine, lifetime),
        warnings=ExpiryWarningRepository(engine, lifetime),
        unreachable_chats=UnreachableChatRepository(engine),
        forgetting=ForgettingRepository(engine),
        admin_ids=admin_ids,
        allowed=AllowedChats(allowed_ids, admin_ids),
        ttl=ttl,
        warn_before=warn_before,
        clock=clock,
        started_at=clock(),
    )


def reply_language(chat_language: str | None, request: Request) -> Language:
    """Return the language of a reply: the one that the chat chose, otherwise the person's."""
    return Language(chat_language) if chat_language else request.person_language


Handler = Callable[[Request, Services], Awaitable[Reply | Privately | None]]
"""Answers a message; None means no answer."""

TapHandler = Callable[[Request, Services], Awaitable[TapReply]]
"""Answers a tap."""
