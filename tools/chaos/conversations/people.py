"""The people of a run: what they send, in which order, and the replies that they get."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain
from random import Random
from typing import Final, Self

from local_telegram.protocol.json_values import Json
from local_telegram.state.people import Person
from local_telegram.telegram import LocalTelegram
from tools.chaos.conversations.checker import ChatHistory, Reply, Tracer
from tools.chaos.conversations.commands import Command, make_commands
from tools.chaos.conversations.sayings import labels_of
from tools.chaos.conversations.tables import read_tables
from tools.chaos.plan import Plan

FIRST_PERSON_ID: Final = 10_001
LANGUAGES: Final = ("en", "ko")
PENDING_PER_CHAT: Final = 2

# Retries of the webhook come sooner than Telegram's. Otherwise, with a bot that is down half of
# the time, a chat might wait for longer than its session lives.
HASTE: Final = 10
LONGEST_SLEEP_SECONDS: Final = 1.0


@dataclass(frozen=True, slots=True)
class _Chat:
    """A chat with one person, the commands that they send, and the replies."""

    id: int
    person: Person
    commands: Sequence[Command]
    tracer: Tracer
    replies: list[Reply]
    index_by_message: dict[int, int]


class People:
    """All people of a run.

    They send before the last command is answered, but not far ahead: so updates are always
    pending, and a bot that is killed loses a bounded number.
    """

    def __init__(self, telegram: LocalTelegram, chats: Sequence[_Chat], random: Random) -> None:
        self.telegram = telegram
        self._chats = {chat.id: chat for chat in chats}
        self._to_say = _interleaved(chats, random)
        self._ahead = PENDING_PER_CHAT * len(chats)
        self._sent: dict[int, tuple[int, int]] = {}  # by the id of the update
        self._answered: set[tuple[int, int]] = set()
        self._dealt_with: set[tuple[int, int]] = set()
        self._heard_event = telegram.events.last_id
        self.replies = 0

    @classmethod
    def invited(cls, plan: Plan) -> Self:
        """Add people to a new stand-in: half in private chats, half in groups."""
        telegram = LocalTelegram(record_calls=False, sleep=_hasty_sleep)
        chats: list[_Chat] = []
        for number in range(plan.chats):
            person_id = FIRST_PERSON_ID + number
            language = LANGUAGES[number // 2 % len(LANGUAGES)]
            person = telegram.add_person(person_id, f"Person {number}", language)
            in_group = number % 2 == 1
            chat_id = -person_id if in_group else person_id
            if in_group:
                telegram.add_group(chat_id, f"Home {number}", [person])
            count = len(range(number, plan.updates, plan.chats))
            commands = make_commands(plan.random(f"chat {number}"), count, with_lists=in_group)
            chats.append(_Chat(chat_id, person, commands, Tracer(commands), [], {}))
        return cls(telegram, chats, plan.random("order"))

    @property
    def answered(self) -> int:
        """The number of commands with a reply."""
        return len(self._answered)

    @property
    def dealt_with(self) -> int:
        """The number of commands that have a reply, or will never get one."""
        return len(self._dealt_with)

    @property
    def pending(self) -> int:
        """The number of unconfirmed updates."""
        return self.telegram.updates.pending_count

    def may_speak(self) -> bool:
        """Whether commands are left, and not too many are unanswered."""
        return bool(self._to_say) and len(self._sent) - self.dealt_with < self._ahead

    def are_answered(self) -> bool:
        """Whether all commands were sent and answered."""
        return not self._to_say and self.answered == len(self._sent)

    def speak(self) -> None:
        """Send all commands that may be sent now."""
        while self.may_speak():
            chat_id, index = self._to_say.pop()
            chat = self._chats[chat_id]
            message = self.telegram.send_text(chat.person, chat_id, chat.commands[index].text)
            chat.index_by_message[message["message_id"]] = index
            self._sent[self.telegram.updates.last_id] = (chat_id, index)

    def let_replies_take(self, seconds: float) -> None:
        """Accept the next replies, half as many as there are chats, only after some seconds."""
        self.telegram.faults.add(
            method="sendMessage", times=len(self._chats) // 2, delay=seconds * HASTE
        )

    async def hear(self) -> None:
        """Wait for replies and note them, or until a command may be sent."""
        events = self.telegram.events
        replies = self.replies
        while self.replies == replies and not self.may_speak():
            if events.last_id == self._heard_event:
                await events.next()
            for event in events.since(self._heard_event):
                if event.by_bot and event.type == "message":
                    self._hear(event.body["message"])
            self._heard_event = events.last_id

    def give_up(self) -> None:
        """Expect no reply to confirmed updates: the bot has ended, and may have lost them."""
        updates = self.telegram.updates
        pending = {update.update_id for update in updates.unconfirmed(0, updates.pending_count)}
        self._dealt_with |= {sent for number, sent in self._sent.items() if number not in pending}
        self.telegram.events.wake_all()

    async def histories(self, url: str) -> Sequence[ChatHistory]:
        """What happened in each chat, with the contents of the tables."""
        tables = await read_tables(url)
        return [
            ChatHistory(
                chat.id,
                chat.commands,
                chat.replies,
                tables.contents.get(chat.id, {}),
                tables.sessions.get(chat.id),
            )
            for chat in self._chats.values()
        ]

    def _hear(self, message: Json) -> None:
        self.replies += 1
        chat = self._chats[message["chat"]["id"]]
        asked = message.get("reply_to_message")
        answers = chat.index_by_message[asked["message_id"]] if asked else None
        reply = Reply(datetime.now(UTC), message["text"], answers, labels_of(message))
        chat.replies.append(reply)
        index = chat.tracer.trace(reply)
        if index is not None:
            self._answered.add((chat.id, index))
            self._dealt_with.add((chat.id, index))


def _interleaved(chats: Sequence[_Chat], random: Random) -> list[tuple[int, int]]:
    """The commands in reverse order of sending; each round has one of every chat."""
    rounds: list[list[tuple[int, int]]] = []
    for index in range(max(len(chat.commands) for chat in chats)):
        said = [(chat.id, index) for chat in chats if index < len(chat.commands)]
        random.shuffle(said)
        rounds.append(said)
    return list(chain.from_iterable(rounds))[::-1]


async def _hasty_sleep(seconds: float) -> None:
    await asyncio.sleep(min(seconds / HASTE, LONGEST_SLEEP_SECONDS))
