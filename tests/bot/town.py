"""The bot at work in the stand-in Telegram, for tests that are not asynchronous."""

import asyncio
from collections.abc import Callable, Coroutine, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, TypeVar

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.features.guide import views as guide
from bot.features.services import Services
from bot.locale.language import Language
from local_telegram.playground.sample_people import GROUP_ID
from local_telegram.protocol.json_values import Json
from local_telegram.protocol.utf16 import utf16_length
from local_telegram.server import LocalTelegramServer
from local_telegram.state.people import Person
from local_telegram.state.recorded_calls import RecordedCall
from startup.jobs import build_housekeeping, build_warnings
from tests.bot.household import (
    LEAD,
    THINGS,
    Thing,
    named_on,
)
from tests.bot.running import new_pipeline, polling
from tests.conftest import Clock
from tests.waiting import wait_until

MINJI: Final = 1001
EMMA: Final = 1002
CHATS: Final = (MINJI, EMMA, GROUP_ID)
NOT_MODIFIED: Final = "message is not modified"
APOLOGIES: Final = frozenset(guide.went_wrong(language).text for language in Language)

CHAT_TABLES: Final = (
    "user_fridge_sessions",
    "chat_settings",
    "handled_requests",
    "expiry_warnings",
    "unreachable_chats",
    "job_runs",
)

READ: Final = text(
    """
    SELECT
        (SELECT json_agg(to_json(session)) FROM user_fridge_sessions AS session) AS sessions,
        (
            SELECT json_agg(
                json_build_object(
                    'chat_id', item.chat_id, 'name', item.name, 'en', ingredient.en,
                    'added_at', item.added_at
                )
                ORDER BY item.chat_id, ingredient_id, name_key
            )
            FROM user_fridge_ingredients AS item
            JOIN ingredients AS ingredient USING (ingredient_id)
        ) AS items,
        (
            SELECT json_agg(to_json(chosen) ORDER BY chat_id) FROM chat_settings AS chosen
        ) AS settings,
        (SELECT json_agg(chat_id) FROM unreachable_chats) AS unreachable,
        (SELECT json_agg(error) FROM failed_updates) AS failures,
        (SELECT count(*) FROM waiting_updates) AS waiting
    """
)

Result = TypeVar("Result")


@dataclass(frozen=True)
class Key:
    """A button that once stood under a message of the bot."""

    chat: int
    message_id: int
    label: str
    data: str
    shown_at: datetime

    @property
    def kind(self) -> str:
        return self.data.partition(":")[0]

    @property
    def value(self) -> str:
        return self.data.partition(":")[2]

    @property
    def request(self) -> str:
        """What an Undo undoes."""
        return self.value.partition("|")[0]

    @property
    def thing(self) -> Thing:
        return THINGS[named_on(self.label)]

    @property
    def looks(self) -> bool:
        """Whether it only shows what is in a fridge."""
        return self.kind in {"fridge", "filter"} or self.data == "try:fridge"


@dataclass(frozen=True)
class Said:
    """A message of the bot, as it was sent or edited."""

    message_id: int
    text: str
    keys: Sequence[Key]

    def of(self, *kinds: str) -> Sequence[Key]:
        return [key for key in self.keys if key.kind in kinds]


@dataclass(frozen=True)
class Heard:
    """All that the bot did about one thing that somebody did."""

    messages: Sequence[Said]
    notices: Sequence[str]
    methods: Sequence[str]
    uploads: Mapping[str, bytes]
    updates: Sequence[Json]
    changed_nothing: bool
    """Whether an edit was in vain, since the message is like that already."""

    @property
    def message(self) -> Said:
        [message] = self.messages
        return message


class Town:
    """The bot at work, and the people around it, from code that is not asynchronous."""

    def __init__(
        self,
        runner: asyncio.Runner,
        server: LocalTelegramServer,
        services: Services,
        engine: AsyncEngine,
        clock: Clock,
    ) -> None:
        self._runner = runner
        self._server = server
        self._services = services
        self._engine = engine
        self._stack = AsyncExitStack()
        self._program = AsyncExitStack()
        self._opened_at = clock.now
        self.clock = clock
        self.local = server.telegram

    def run(self, work: Coroutine[Any, Any, Result]) -> Result:
        return self._runner.run(work)

    async def open(self) -> None:
        await self._stack.enter_async_context(self._server)
        await self.start()

    async def start(self) -> None:
        """Start the program; what was there of it in memory is gone."""
        await self.stop()
        self._program = AsyncExitStack()
        self.pipeline = await self._program.enter_async_context(
            new_pipeline(self._server, self._services)
        )
        await self._program.enter_async_context(polling(self.pipeline))
        self.jobs = [build_housekeeping(self._services, timedelta(hours=1)) for _ in range(2)]
        self.warnings = [
            build_warnings(self.pipeline, self._services, LEAD, paced=False) for _ in range(2)
        ]

    async def stop(self) -> None:
        # Telegram lets a poll wait that comes soon after another.
        self.clock.advance(seconds=5)
        await self._program.aclose()

    async def close(self) -> None:
        await self.stop()
        await self._stack.aclose()
        await self._engine.dispose()

    async def begin(self) -> None:
        """Let nothing have happened yet."""
        for chat in CHATS:
            await self.let_in(chat)
        self.clock.now = self._opened_at
        async with self._engine.connect() as connection:
            for table in CHAT_TABLES:
                await connection.execute(text(f"DELETE FROM {table}"))

    async def shut_out(self, chat: int) -> Heard:
        if chat == GROUP_ID:
            return await self.hear(lambda: self.local.leave(chat, self.person(EMMA)))
        return await self.hear(lambda: self.local.block(self.person(chat)))

    async def let_in(self, chat: int) -> Heard:
        if chat == GROUP_ID:
            return await self.hear(lambda: self.local.join(chat, self.person(EMMA)))
        return await self.hear(lambda: self.local.unblock(self.person(chat)))

    def person(self, person_id: int) -> Person:
        return self.local.people[person_id]

    async def hear(self, act: Callable[[], object]) -> Heard:
        """All that the bot does until it has dealt with what is done."""
        self.local.calls.clear()
        act()
        updates = [update.body for update in self.local.updates.unconfirmed(0, 100)]
        for update in updates:
            await self.local.updates.confirmed(update["update_id"])
        await wait_until(self._is_quiet)
        return self._heard(updates)

    async def run_jobs(self) -> Heard:
        """The hourly jobs, on two replicas."""
        self.local.calls.clear()
        await asyncio.gather(*(job.run() for job in self.jobs))
        return self._heard(())

    async def run_warnings(self) -> Sequence[tuple[int, Said]]:
        """The warnings, on two replicas; the chats that have one."""
        self.local.calls.clear()
        await asyncio.gather(*(job.run() for job in self.warnings))
        heard = self._heard(())
        return list(zip(self._chats(), heard.messages, strict=True))

    async def read(self) -> Mapping[str, Any]:
        async with self._engine.connect() as connection:
            row = (await connection.execute(READ)).mappings().one()
        return {name: row[name] or [] for name in row}

    async def _is_quiet(self) -> bool:
        return not any(self.pipeline.queues.holds(chat) for chat in CHATS)

    def _calls(self) -> Iterator[RecordedCall]:
        return (call for call in self.local.calls if not call.method.startswith("get"))

    def _chats(self) -> Iterator[int]:
        return (int(call.result["chat"]["id"]) for call in self._calls())

    def _heard(self, updates: Sequence[Json]) -> Heard:
        calls = list(self._calls())
        for call in calls:
            check_limits(call)
        notices: list[str] = []
        messages: list[Said] = []
        uploads: dict[str, bytes] = {}
        for call in calls:
            if call.method == "answerCallbackQuery":
                notices.append(str(call.parameters.get("text") or ""))
            elif call.error is None:
                messages.append(said(call.result, self.clock.now))
            uploads |= {file.name: file.content for file in call.files.values()}
        for update in updates:
            if query := update.get("callback_query"):
                assert query["id"] in self.local.callback_answers
        assert not APOLOGIES & {*notices, *(message.text for message in messages)}
        return Heard(
            messages,
            notices,
            [call.method for call in calls],
            uploads,
            updates,
            changed_nothing=any(call.error for call in calls),
        )


def said(message: Json, now: datetime) -> Said:
    chat, message_id = message["chat"]["id"], message["message_id"]
    rows = message.get("reply_markup", {}).get("inline_keyboard", ())
    keys = [
        Key(chat, message_id, key["text"], key["callback_data"], now)
        for row in rows
        for key in row
        if "callback_data" in key
    ]
    return Said(message_id, message.get("text") or message.get("caption", ""), keys)


def check_limits(call: RecordedCall) -> None:
    """Telegram took the call, which kept to its limits."""
    assert call.error is None or NOT_MODIFIED in call.error, call
    if call.method == "answerCallbackQuery":
        assert utf16_length(str(call.parameters.get("text") or "")) <= 200
    elif call.error is None:
        shown = call.result.get("text") or call.result.get("caption")
        assert 1 <= utf16_length(shown) <= 4096
        rows = call.result.get("reply_markup", {}).get("inline_keyboard", ())
        assert sum(map(len, rows)) <= 100
        for row in rows:
            assert len(row) <= 8
            for key in row:
                assert len(key.get("callback_data", "").encode()) <= 64
                # A button has words, or at least a number.
                assert any(map(str.isalnum, key["text"])), key
