"""People who write to the bot, with the exact times of its answers."""

import asyncio
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import cycle
from random import Random
from typing import Final

from local_telegram.protocol.json_values import Json
from local_telegram.state.chats import Chat
from local_telegram.state.people import Person
from local_telegram.telegram import LocalTelegram
from tools.chaos.conversations.checker import ChatHistory, Reply, Tracer
from tools.chaos.conversations.commands import Command, make_commands
from tools.chaos.conversations.sayings import labels_of
from tools.chaos.conversations.tables import read_tables

FIRST_PERSON_ID: Final = 10_001
LANGUAGES: Final = ("en", "ko")


@dataclass(slots=True)
class Writer:
    """A person with a chat of their own: their commands, and the messages sent so far.

    `sent_at` and `answered_at` are by the index of the command, in seconds of `time.monotonic`.
    """

    chat_id: int
    person: Person
    commands: Sequence[Command]
    tracer: Tracer
    replies: list[Reply] = field(default_factory=list[Reply])
    sent_at: list[float] = field(default_factory=list[float])
    answered_at: dict[int, float] = field(default_factory=dict[int, float])
    index_by_message: dict[int, int] = field(default_factory=dict[int, int])

    def delays(self, begin: float, end: float) -> Iterable[float]:
        """Return the delays of the answers to the commands of a period."""
        for index, sent_at in enumerate(self.sent_at):
            if begin <= sent_at < end and index in self.answered_at:
                yield self.answered_at[index] - sent_at


class Writers:
    """All people who write to one bot, on a stand-in Telegram of their own."""

    def __init__(self, seed: str, *, flood_limits: bool = False) -> None:
        self.telegram = _HeardTelegram(self._hear, flood_limits=flood_limits)
        self.answered = 0
        self.sent = 0
        self.last_answer_at = 0.0
        self._seed = seed
        self._writers: dict[int, Writer] = {}
        self._news = asyncio.Event()

    def invite(self, most_commands: int, *, in_group: bool = False) -> Writer:
        """Add a person who has a number of commands to send."""
        number = len(self._writers)
        language = LANGUAGES[number // 2 % len(LANGUAGES)]
        person = self.telegram.add_person(FIRST_PERSON_ID + number, f"Person {number}", language)
        chat_id = -person.id if in_group else person.id
        if in_group:
            self.telegram.add_group(chat_id, f"Home {number}", [person])
        random = Random(f"{self._seed} {number}")  # noqa: S311 (reproducible, not secret)
        commands = make_commands(random, most_commands, with_lists=in_group)
        writer = self._writers[chat_id] = Writer(chat_id, person, commands, Tracer(commands))
        return writer

    def say(self, writer: Writer) -> None:
        """Let a person send their next command."""
        index = len(writer.sent_at)
        text = writer.commands[index].text
        writer.sent_at.append(time.monotonic())
        message = self.telegram.send_text(writer.person, writer.chat_id, text)
        writer.index_by_message[message["message_id"]] = index
        self.sent += 1

    async def write_steadily(self, writers: Sequence[Writer], per_second: float) -> None:
        """Let people write in turn, at a rate for all together, until this is cancelled."""
        began_at = time.monotonic()
        for count, writer in enumerate(cycle(writers), start=1):
            self.say(writer)
            await asyncio.sleep(began_at + count / per_second - time.monotonic())

    @property
    def unanswered(self) -> int:
        """The number of commands without a reply."""
        return self.sent - self.answered

    async def until(self, has_come: Callable[[], bool], seconds: float) -> bool:
        """Hear replies until a condition holds, or the time is over; return whether it holds."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while not has_come():
                    self._news.clear()
                    await self._news.wait()
        return has_come()

    async def until_answered(self, seconds: float) -> bool:
        """Wait until all commands are answered, or the time is over; return whether they are."""
        return await self.until(lambda: not self.unanswered, seconds)

    async def histories(self, database_url: str) -> Sequence[ChatHistory]:
        """What happened in each chat, with the contents of the tables."""
        tables = await read_tables(database_url)
        return [
            ChatHistory(
                writer.chat_id,
                writer.commands[: len(writer.sent_at)],
                writer.replies,
                tables.contents.get(writer.chat_id, {}),
                tables.sessions.get(writer.chat_id),
            )
            for writer in self._writers.values()
        ]

    def _hear(self, chat_id: int, message: Json) -> None:
        now = time.monotonic()
        writer = self._writers.get(chat_id)
        if writer is None:
            return  # a person whose answers are not measured
        asked = message.get("reply_to_message")
        answers = writer.index_by_message.get(asked["message_id"]) if asked else None
        reply = Reply(datetime.now(UTC), message["text"], answers, labels_of(message))
        writer.replies.append(reply)
        index = writer.tracer.trace(reply)
        if index is not None and index not in writer.answered_at:
            writer.answered_at[index] = self.last_answer_at = now
            self.answered += 1
        self._news.set()


class _HeardTelegram(LocalTelegram):
    """A stand-in Telegram that calls a listener at once with each message of the bot."""

    def __init__(self, hear: Callable[[int, Json], None], *, flood_limits: bool) -> None:
        super().__init__(record_calls=False, flood_limits=flood_limits)
        self._hear = hear

    def send_by_bot(self, chat: Chat, content: Json, markup: Json | None) -> Json:
        """Let the bot write; return the message as the bot sees it."""
        message = super().send_by_bot(chat, content, markup)
        self._hear(chat.id, message)
        return message
