"""TelegramState: everything that the stand-in remembers, and who learns of a change."""

import asyncio
from collections.abc import Iterable
from typing import TYPE_CHECKING

from local_telegram.actions.privacy import bot_sees
from local_telegram.protocol.errors import CannotDoError
from local_telegram.protocol.json_values import Json
from local_telegram.state.callback_queries import CallbackQueries
from local_telegram.state.chats import SUPERGROUP_BASE, Chat, Chats, ChatType, Standing
from local_telegram.state.clock import Clock, Sleep, utc_now
from local_telegram.state.command_menus import CommandMenus
from local_telegram.state.events import EventLog
from local_telegram.state.faults import Faults
from local_telegram.state.files import Files
from local_telegram.state.flood_limits import FloodLimits
from local_telegram.state.message_history import MessageHistory, StoredMessage
from local_telegram.state.people import BotAccount, Person
from local_telegram.state.update_queue import UpdateQueue

if TYPE_CHECKING:
    from local_telegram.state.recorded_calls import RecordedCall

DEFAULT_TOKEN = "1234567890:local-telegram-stand-in-token"  # noqa: S105 (opens nothing)
DEFAULT_BOT_ID = 1234567890
WEBHOOK_TIMEOUT_SECONDS = 60.0
SHORTEST_REPEATED_POLL_SECONDS = 3.0
FIRST_CREATED_GROUP_ID = -5000


class TelegramState:
    """People, chats and the bot's queue of updates; how a message reaches people and the bot.

    Args:
        token: The only token that the Bot API accepts; it begins with the bot's id.
        bot_username: The bot's user name, without `@`.
        clock: Decides all dates, retention and limits.
        sleep: Waits during back-off and delayed answers.
        flood_limits: Whether Telegram's flood limits apply.
        record_calls: Whether calls are kept in `calls`. A program that makes very many may
            switch this off, also later.
        webhook_timeout: After how many seconds a webhook's request has failed.
        shortest_repeated_poll: How many seconds a poll lasts at least that repeats the offset of
            the last one too soon.
        numbered_after: Telegram gives no number twice. Messages, taps, updates and new groups
            count on from here.

    Attributes:
        last_synchronization_error: When the Bot API server last failed to fetch updates, as a
            Unix time; getWebhookInfo tells it.
    """

    def __init__(
        self,
        *,
        token: str = DEFAULT_TOKEN,
        bot_username: str = "fridge_bot",
        clock: Clock = utc_now,
        sleep: Sleep = asyncio.sleep,
        flood_limits: bool = False,
        record_calls: bool = True,
        webhook_timeout: float = WEBHOOK_TIMEOUT_SECONDS,
        shortest_repeated_poll: float = SHORTEST_REPEATED_POLL_SECONDS,
        numbered_after: int = 0,
    ) -> None:
        head, _, _ = token.partition(":")
        self.token = token
        self.clock = clock
        self.sleep = sleep
        self.bot = BotAccount(
            int(head) if head.isdecimal() else DEFAULT_BOT_ID, bot_username, "냉장고 · Fridge"
        )
        self.people: dict[int, Person] = {}
        self.chats = Chats()
        self.history = MessageHistory(numbered_after)
        self.events = EventLog()
        self.files = Files()
        self.updates = UpdateQueue(clock, numbered_after)
        self.callback_queries = CallbackQueries(clock, numbered_after)
        self.menus = CommandMenus()
        self.faults = Faults()
        self.limits = FloodLimits(clock, enabled=flood_limits)
        self.webhook_timeout = webhook_timeout
        self.shortest_repeated_poll = shortest_repeated_poll
        self.record_calls = record_calls
        self.calls: list[RecordedCall] = []
        self.last_synchronization_error: int | None = None
        self._lowest_group_id = FIRST_CREATED_GROUP_ID - numbered_after

    @property
    def callback_answers(self) -> dict[str, Json]:
        """The parameters of the bot's answerCallbackQuery calls, by callback query id."""
        return self.callback_queries.answers

    # Who and what there is

    def add_person(
        self,
        id: int,  # noqa: A002 (named as in Telegram's own objects)
        first_name: str,
        language_code: str,
        username: str | None = None,
        *,
        is_admin: bool = False,
        wrote_before: bool = True,
    ) -> Person:
        """Let a person and their private chat with the bot exist.

        Unless the person `wrote_before`, the bot can't write to them first.
        """
        person = Person(id, first_name, language_code, username, is_admin)
        self.people[id] = person
        self.chats.add(
            Chat(id, "private", person=person, members={id: person}, is_open=wrote_before)
        )
        self._chats_changed(id)
        return person

    def add_group(
        self,
        id: int,  # noqa: A002 (named as in Telegram's own objects)
        title: str,
        members: Iterable[Person] = (),
        administrators: Iterable[Person] = (),
    ) -> Chat:
        """Let a group with the bot in it exist: a supergroup, if the id is a supergroup's."""
        kind: ChatType = "supergroup" if id < SUPERGROUP_BASE else "group"
        people = {person.id: person for person in (*members, *administrators)}
        chat = Chat(id, kind, title, members=people, administrators={p.id for p in administrators})
        self.chats.add(chat)
        self._chats_changed(id)
        return chat

    def add_channel(self, id: int, title: str) -> Chat:  # noqa: A002 (as in Telegram's objects)
        """Let a channel with the bot in it exist."""
        chat = self.chats.add(Chat(id, "channel", title))
        self._chats_changed(id)
        return chat

    def set_language(self, person: Person, language_code: str) -> None:
        """Change the language of a person's Telegram."""
        person.language_code = language_code
        self._chats_changed(person.id)

    def chat(self, chat_id: int) -> Chat:
        """Return a chat that a person names.

        Raises:
            CannotDoError: There is no such chat.
        """
        chat = self.chats.find(chat_id)
        if chat is None:
            raise CannotDoError(f"There is no chat {chat_id}.")
        return chat

    def now(self) -> int:
        """Return the time as Telegram's Unix time."""
        return int(self.clock().timestamp())

    # Who learns of a change

    def _new_message(self, chat: Chat, sender: Json | None, content: Json) -> Json:
        message: Json = {"message_id": self.history.next_id(chat)}
        if sender is not None:
            message["from"] = sender
        message["chat"] = chat.as_chat()
        message["date"] = self.now()
        message.update(content)
        return message

    def _store(self, chat: Chat, stored: StoredMessage) -> None:
        body: Json = {"type": "message", "chat": chat.id, "message": stored.visible()}
        event = self.events.add("message", chat.id, body, by_bot=stored.by_bot)
        stored.sent_event = event.id
        self.history.add(chat.id, stored)

    def _publish(self, chat: Chat, message: Json) -> None:
        """Store a message that is not the bot's."""
        self._store(chat, StoredMessage(message, by_bot=False))

    def replace_message(self, chat: Chat, stored: StoredMessage, body: Json) -> None:
        """Replace a stored message by its edited body."""
        stored.body = body
        event: Json = {"type": "edited", "chat": chat.id, "message": stored.visible()}
        self.events.add("edited", chat.id, event, by_bot=stored.by_bot)

    def _deliver(self, kind: str, payload: Json, chat: Chat) -> None:
        if chat.standing is Standing.MEMBER:
            self.updates.push(kind, payload)

    def _deliver_if_seen(self, kind: str, message: Json, chat: Chat) -> None:
        if bot_sees(message, chat, self.bot.id, self.bot.username):
            self._deliver(kind, message, chat)

    def _chat_to_write_in(self, person: Person, chat_id: int) -> Chat:
        chat = self.chat(chat_id)
        if person.id not in chat.members:
            raise CannotDoError(f"{person.first_name} is not a member of that chat.")
        if chat.migrated_to is not None:
            raise CannotDoError(f"The group has become the supergroup {chat.migrated_to}.")
        if chat.type == "private" and chat.standing is Standing.KICKED:
            raise CannotDoError(f"{person.first_name} has blocked the bot.")
        return chat

    def _chats_changed(self, chat_id: int) -> None:
        self.events.add("chats", chat_id, {"type": "chats", "chat": chat_id}, by_bot=False)
