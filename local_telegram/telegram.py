"""LocalTelegram: all state, and everything that people can do, without any HTTP."""

import asyncio
import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from local_telegram.callback_queries import CallbackQueries
from local_telegram.chats import SUPERGROUP_BASE, Chat, Chats, ChatType, Standing
from local_telegram.commands import CommandMenus
from local_telegram.entities import find_bot_commands
from local_telegram.errors import BadRequestError, CannotDoError
from local_telegram.events import EventLog
from local_telegram.faults import Faults
from local_telegram.files import MEGABYTE, Files
from local_telegram.limits import FloodLimits
from local_telegram.messages import Messages, StoredMessage, as_reply_target
from local_telegram.parameters import Parameters
from local_telegram.people import ANONYMOUS_ADMIN, BotAccount, Person
from local_telegram.privacy import bot_sees
from local_telegram.shapes import Clock, Json, Sleep, utc_now
from local_telegram.texts import CAPTION_LIMIT, TEXT_LIMIT
from local_telegram.updates import UpdateQueue

if TYPE_CHECKING:
    from local_telegram.calls import Call

DEFAULT_TOKEN = "1234567890:local-telegram-stand-in-token"  # noqa: S105 (opens nothing)
DEFAULT_BOT_ID = 1234567890
WEBHOOK_TIMEOUT_SECONDS = 60.0
FIRST_CREATED_GROUP_ID = -5000
MIGRATED_GROUPS_BASE = SUPERGROUP_BASE - 2_000_000_000
BOT_CONTENT_EVENTS = frozenset({"message", "edited"})
START_PARAMETER = re.compile("[A-Za-z0-9_-]{1,64}")
LARGEST_DOCUMENT_BYTES = 32 * MEGABYTE
"""What people can send here, which is more than a bot can download, and less than on Telegram."""


class LocalTelegram:
    """The people, the chats, the bot's queue of updates, and what people do.

    What a person can't do in Telegram's apps raises CannotDoError. `clock` decides all dates,
    retention and limits; `sleep` is used for backoff and delayed answers. `webhook_timeout` is in
    seconds. `record_calls` may be switched off, also later, when there are very many. Telegram
    gives no number twice: messages, taps, updates and new groups count on from `numbered_after`.
    `last_synchronization_error` is what a Bot API server tells that could not fetch updates, as a
    Unix time.
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
        self.history = Messages(numbered_after)
        self.events = EventLog()
        self.files = Files()
        self.updates = UpdateQueue(clock, numbered_after)
        self.callback_queries = CallbackQueries(clock, numbered_after)
        self.menus = CommandMenus()
        self.faults = Faults()
        self.limits = FloodLimits(clock, enabled=flood_limits)
        self.webhook_timeout = webhook_timeout
        self.record_calls = record_calls
        self.calls: list[Call] = []
        self.last_synchronization_error: int | None = None
        self._lowest_group_id = FIRST_CREATED_GROUP_ID - numbered_after

    @property
    def callback_answers(self) -> dict[str, Json]:
        """What the bot answered, by callback query id: the call's own parameters."""
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
        """Let a person exist, and with them their private chat with the bot.

        Where they never wrote to it before, the bot can't be the first to.
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
        """Let a basic group exist (or a supergroup, if the id is one's) with the bot in it."""
        kind: ChatType = "supergroup" if id < SUPERGROUP_BASE else "group"
        people = {person.id: person for person in (*members, *administrators)}
        chat = Chat(id, kind, title, members=people, administrators={p.id for p in administrators})
        self.chats.add(chat)
        self._chats_changed(id)
        return chat

    def add_channel(self, id: int, title: str) -> Chat:  # noqa: A002 (as in Telegram's objects)
        """Let a channel exist with the bot in it."""
        chat = self.chats.add(Chat(id, "channel", title))
        self._chats_changed(id)
        return chat

    def set_language(self, person: Person, language_code: str) -> None:
        """Change the language of a person's Telegram."""
        person.language_code = language_code
        self._chats_changed(person.id)

    # What people write

    def send_text(
        self,
        person: Person,
        chat_id: int,
        text: str,
        *,
        reply_to: int | None = None,
        forwarded: bool = False,
        as_anonymous_admin: bool = False,
    ) -> Json:
        """Let a person write; return the message."""
        content = _text_content(text)
        return self._send(
            person,
            chat_id,
            content,
            reply_to=reply_to,
            forwarded=forwarded,
            as_anonymous_admin=as_anonymous_admin,
        )

    def send_sticker(
        self, person: Person, chat_id: int, *, emoji: str = "🥛", reply_to: int | None = None
    ) -> Json:
        """Let a person send a sticker; return the message."""
        sticker: Json = {
            "file_id": "local-sticker",
            "file_unique_id": "local-sticker",
            "type": "regular",
            "width": 512,
            "height": 512,
            "is_animated": False,
            "is_video": False,
            "emoji": emoji,
        }
        return self._send(person, chat_id, {"sticker": sticker}, reply_to=reply_to)

    def send_photo(
        self, person: Person, chat_id: int, caption: str = "", *, reply_to: int | None = None
    ) -> Json:
        """Let a person send a photo with or without a caption; return the message."""
        size: Json = {
            "file_id": "local-photo",
            "file_unique_id": "local-photo",
            "file_size": 1024,
            "width": 320,
            "height": 320,
        }
        content: Json = {"photo": [size]} | _caption_content(caption)
        return self._send(person, chat_id, content, reply_to=reply_to)

    def send_document(
        self,
        person: Person,
        chat_id: int,
        name: str,
        content: bytes,
        mime_type: str | None = None,
        *,
        caption: str = "",
        reply_to: int | None = None,
    ) -> Json:
        """Let a person send a file with or without a caption; return the message."""
        self._chat_to_write_in(person, chat_id)
        if not content:
            raise CannotDoError("The file is empty.")
        if len(content) > LARGEST_DOCUMENT_BYTES:
            raise CannotDoError(f"A file has at most {LARGEST_DOCUMENT_BYTES // MEGABYTE} MB.")
        described = _caption_content(caption)
        document = self.files.add(name, mime_type, content).as_document()
        return self._send(person, chat_id, {"document": document} | described, reply_to=reply_to)

    def send_channel_post(self, channel_id: int, text: str) -> Json:
        """Publish in a channel; return the message."""
        chat = self.chat(channel_id)
        message = self._new_message(chat, None, _text_content(text))
        message["sender_chat"] = chat.as_chat()
        self._publish(chat, message)
        self._deliver("channel_post", message, chat)
        return message

    def edit_text(self, person: Person, chat_id: int, message_id: int, text: str) -> Json:
        """Let a person edit a text message of theirs; return it as it now is."""
        chat = self._chat_to_write_in(person, chat_id)
        stored = self.history.find(chat_id, message_id)
        if stored is None or stored.body.get("from", {}).get("id") != person.id:
            raise CannotDoError("Only one's own messages can be edited.")
        if "text" not in stored.body:
            raise CannotDoError("Only a text message can be edited.")
        message = {k: v for k, v in stored.body.items() if k not in {"text", "entities"}}
        message |= {"edit_date": self.now()} | _text_content(text)
        self.replace_message(chat, stored, message)
        self._deliver_if_seen("edited_message", message, chat)
        return message

    def tap(self, person: Person, chat_id: int, message_id: int, data: str) -> str:
        """Let a person tap an inline button of the bot's message; return the query's id."""
        chat = self._chat_to_write_in(person, chat_id)
        stored = self.history.find(chat_id, message_id)
        if stored is None or not stored.by_bot:
            raise CannotDoError("There is no such message of the bot.")
        query_id = self.callback_queries.ask(person, chat_id)
        query: Json = {
            "id": query_id,
            "from": person.as_user(),
            "message": stored.body,
            "chat_instance": str(chat_id),
            "data": data,
        }
        self._deliver("callback_query", query, chat)
        return query_id

    def find_button(
        self, chat_id: int, text: str, message_id: int | None = None
    ) -> tuple[int, str]:
        """Return the message and the data of the button that a person means by its text.

        It is a button of that message, or else the newest in the chat whose text is this, or
        holds this where none is exactly so.
        """
        buttons = list(self._buttons(chat_id, message_id))
        exact = [button for button in buttons if button[1] == text]
        meant = exact or [button for button in buttons if text in button[1]]
        if not meant:
            raise CannotDoError(f"There is no button {text!r}.")
        number, _, data = meant[0]
        return number, data

    # Groups, and the bot's membership

    def create_group(self, person: Person, title: str, members: Iterable[Person] = ()) -> Chat:
        """Let a person make a group with others, in which the bot is not yet."""
        title = title.strip()
        if not title:
            raise CannotDoError("A group has a title.")
        self._lowest_group_id -= 1
        group = self.add_group(self._lowest_group_id, title, [person, *members])
        group.standing = Standing.LEFT
        self._publish(
            group, self._new_message(group, person.as_user(), {"group_chat_created": True})
        )
        return group

    def join(self, chat_id: int, by: Person, start: str | None = None) -> None:
        """Let a person add the bot to a group.

        With the `start` of a link (`?startgroup=…`), Telegram's apps send the command, too, also
        where the bot is in the group already.
        """
        chat = self._chat_to_write_in(by, chat_id)
        if not chat.is_group:
            raise CannotDoError("Only a group can have the bot join or leave.")
        _check_start(start)
        if chat.standing is not Standing.MEMBER:
            self._change_standing(chat, Standing.MEMBER, by)
            added: Json = {"new_chat_members": [self.bot.as_user()]}
            message = self._new_message(chat, by.as_user(), added)
            self._publish(chat, message)
            self._deliver("message", message, chat)
        if start:
            self.send_text(by, chat_id, f"/start@{self.bot.username} {start}")

    def leave(self, chat_id: int, by: Person) -> None:
        """Let a person remove the bot from a group."""
        chat = self._chat_to_write_in(by, chat_id)
        if not chat.is_group or chat.standing is not Standing.MEMBER:
            raise CannotDoError("The bot is not in that group.")
        message = self._new_message(chat, by.as_user(), {"left_chat_member": self.bot.as_user()})
        self._publish(chat, message)
        self._deliver("message", message, chat)
        self._change_standing(chat, Standing.KICKED, by)

    def block(self, person: Person) -> None:
        """Let a person block the bot."""
        self._change_standing(self.chat(person.id), Standing.KICKED, person)

    def unblock(self, person: Person) -> None:
        """Let a person unblock the bot."""
        self._change_standing(self.chat(person.id), Standing.MEMBER, person)

    def bot_leaves(self, chat: Chat) -> None:
        """Let the bot leave a group by itself."""
        self._change_standing(chat, Standing.LEFT, None)

    def migrate(self, group_id: int) -> int:
        """Turn a basic group into a supergroup; return the supergroup's id."""
        group = self.chat(group_id)
        if group.type != "group" or group.migrated_to is not None:
            raise CannotDoError("Only a basic group can become a supergroup.")
        new = Chat(
            MIGRATED_GROUPS_BASE + group_id,
            "supergroup",
            group.title,
            members=group.members,
            administrators=group.administrators,
            standing=group.standing,
        )
        self.chats.add(new)
        by = next((person.as_user() for person in group.members.values()), ANONYMOUS_ADMIN)
        old_message = self._new_message(group, by, {"migrate_to_chat_id": new.id})
        self._publish(group, old_message)
        self._deliver("message", old_message, group)
        group.migrated_to = new.id
        new_message = self._new_message(new, ANONYMOUS_ADMIN, {"migrate_from_chat_id": group_id})
        new_message["sender_chat"] = new.as_chat()
        self._publish(new, new_message)
        self._deliver("message", new_message, new)
        self._chats_changed(new.id)
        return new.id

    # What can be seen

    def messages(self, chat_id: int) -> list[Json]:
        """Return a chat's messages as its members see them, oldest first."""
        return self.history.all(chat_id)

    async def wait_for_message(
        self, chat_id: int, *, after: int = 0, after_event: int | None = None, timeout: float = 5.0
    ) -> Json:
        """Return the bot's next message or edit in a chat.

        Args:
            chat_id: The chat.
            after: A message id; only what the bot did after that message was sent counts.
            after_event: Instead of `after`, an event's number (`telegram.events.last_id`).
            timeout: Seconds.

        Raises:
            TimeoutError: The bot stayed silent.
        """
        if after_event is None:
            sent = self.history.find(chat_id, after)
            after_event = sent.sent_event if sent else 0
        try:
            async with asyncio.timeout(timeout):
                while (found := self._bot_message_since(chat_id, after_event)) is None:
                    after_event = self.events.last_id
                    await self.events.next(chat_id)
        except TimeoutError:
            raise TimeoutError(f"No message by the bot in chat {chat_id} for {timeout} s") from None
        return found

    def push_update(self, update: Json) -> int:
        """Queue an arbitrary update; return its id (see UpdateQueue.push_as_it_is)."""
        self.callback_queries.recognise(update)
        return self.updates.push_as_it_is(update)

    # For the Bot API's methods

    def now(self) -> int:
        """Return the time as Telegram's Unix time."""
        return int(self.clock().timestamp())

    def chat(self, chat_id: int) -> Chat:
        """Return a chat that a person names."""
        chat = self.chats.find(chat_id)
        if chat is None:
            raise CannotDoError(f"There is no chat {chat_id}.")
        return chat

    def find_chat(self, parameters: Parameters) -> Chat:
        """Return the chat that a call names.

        Raises:
            BadRequestError: It names none, or one that does not exist.
        """
        if not parameters.has("chat_id"):
            raise BadRequestError("chat_id is empty")
        return self.chats.find_for_bot(parameters.big_integer("chat_id"))

    def answer_callback_query(self, query_id: str, answer: Json) -> bool:
        """Answer a tap; return whether that was still possible."""
        query = self.callback_queries.answer(query_id, answer)
        if query is None:
            return False
        body: Json = {
            "type": "callback_answer",
            "chat": query.chat_id,
            "person": query.person_id,
            "callback_query_id": query_id,
            "text": answer["text"],
            "show_alert": answer["show_alert"],
        }
        self.events.add("callback_answer", query.chat_id, body, by_bot=True)
        return True

    def send_by_bot(self, chat: Chat, content: Json, markup: Json | None) -> Json:
        """Let the bot write; return the message as the bot sees it."""
        message = self._new_message(chat, self.bot.as_user(), content)
        prompt = markup
        if markup and "inline_keyboard" in markup:
            message["reply_markup"] = markup
            prompt = None
        self._store(chat, StoredMessage(message, by_bot=True, prompt=prompt))
        return message

    def show_action(self, chat: Chat, action: str) -> None:
        """Show in a chat what the bot is doing."""
        body: Json = {"type": "typing", "chat": chat.id, "action": action}
        self.events.add("typing", chat.id, body, by_bot=False)

    def replace_message(self, chat: Chat, stored: StoredMessage, body: Json) -> None:
        """Put an edited message in the place of the old one."""
        stored.body = body
        event: Json = {"type": "edited", "chat": chat.id, "message": stored.visible()}
        self.events.add("edited", chat.id, event, by_bot=stored.by_bot)

    def delete_message(self, chat: Chat, message_id: int) -> None:
        """Take a message away for everybody."""
        self.history.remove(chat.id, message_id)
        body: Json = {"type": "deleted", "chat": chat.id, "message_id": message_id}
        self.events.add("deleted", chat.id, body, by_bot=True)

    # Inner workings

    def _buttons(self, chat_id: int, message_id: int | None) -> Iterator[tuple[int, str, str]]:
        """Yield message id, text and data of the bot's buttons, those of the newest first."""
        for message in reversed(self.history.all(chat_id)):
            if message_id not in {None, message["message_id"]}:
                continue
            for row in message.get("reply_markup", {}).get("inline_keyboard", ()):
                for button in row:
                    if "callback_data" in button:
                        yield message["message_id"], button["text"], button["callback_data"]

    def _send(
        self,
        person: Person,
        chat_id: int,
        content: Json,
        *,
        reply_to: int | None,
        forwarded: bool = False,
        as_anonymous_admin: bool = False,
    ) -> Json:
        chat = self._chat_to_write_in(person, chat_id)
        if as_anonymous_admin and not chat.is_group:
            raise CannotDoError("Only in a group can one write as an anonymous administrator.")
        sender = ANONYMOUS_ADMIN if as_anonymous_admin else person.as_user()
        message = self._new_message(chat, sender, {})
        if as_anonymous_admin:
            message["sender_chat"] = chat.as_chat()
            message["author_signature"] = person.first_name
        if forwarded:
            message["forward_origin"] = {
                "type": "hidden_user",
                "date": message["date"],
                "sender_user_name": "Somebody",
            }
        if reply_to is not None:
            replied_to = self.history.find(chat_id, reply_to)
            if replied_to is None:
                raise CannotDoError("The message to reply to is not there.")
            message["reply_to_message"] = as_reply_target(replied_to.body)
        message |= content
        chat.is_open = True
        self._publish(chat, message)
        self._deliver_if_seen("message", message, chat)
        return message

    def _chat_to_write_in(self, person: Person, chat_id: int) -> Chat:
        chat = self.chat(chat_id)
        if person.id not in chat.members:
            raise CannotDoError(f"{person.first_name} is not a member of that chat.")
        if chat.migrated_to is not None:
            raise CannotDoError(f"The group has become the supergroup {chat.migrated_to}.")
        if chat.type == "private" and chat.standing is Standing.KICKED:
            raise CannotDoError(f"{person.first_name} has blocked the bot.")
        return chat

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

    def _deliver(self, kind: str, payload: Json, chat: Chat) -> None:
        if chat.standing is Standing.MEMBER:
            self.updates.push(kind, payload)

    def _deliver_if_seen(self, kind: str, message: Json, chat: Chat) -> None:
        if bot_sees(message, chat, self.bot.id, self.bot.username):
            self._deliver(kind, message, chat)

    def _change_standing(self, chat: Chat, standing: Standing, by: Person | None) -> None:
        if chat.standing is standing:
            return
        old, chat.standing = chat.standing, standing
        change: Json = {
            "chat": chat.as_chat(),
            "from": by.as_user() if by else self.bot.as_user(),
            "date": self.now(),
            "old_chat_member": self._bot_as_member(old),
            "new_chat_member": self._bot_as_member(standing),
        }
        self.updates.push("my_chat_member", change)
        self._chats_changed(chat.id)

    def _bot_as_member(self, standing: Standing) -> Json:
        member: Json = {"user": self.bot.as_user(), "status": standing.value}
        return member | {"until_date": 0} if standing is Standing.KICKED else member

    def _chats_changed(self, chat_id: int) -> None:
        self.events.add("chats", chat_id, {"type": "chats", "chat": chat_id}, by_bot=False)

    def _bot_message_since(self, chat_id: int, event_id: int) -> Json | None:
        for event in self.events.since(event_id):
            if event.by_bot and event.chat_id == chat_id and event.type in BOT_CONTENT_EVENTS:
                return dict(event.body["message"])
        return None


def _check_start(start: str | None) -> None:
    if start and not START_PARAMETER.fullmatch(start):
        raise CannotDoError("The start of a link has 1 to 64 of A-Z, a-z, 0-9, _ and -.")


def _caption_content(caption: str) -> Json:
    caption = caption.strip()
    if len(caption) > CAPTION_LIMIT:
        raise CannotDoError(f"A caption has at most {CAPTION_LIMIT} characters.")
    if not caption:
        return {}
    content: Json = {"caption": caption}
    if commands := find_bot_commands(caption):
        content["caption_entities"] = commands
    return content


def _text_content(text: str) -> Json:
    text = text.strip()
    if not text:
        raise CannotDoError("There is nothing to send.")
    if len(text) > TEXT_LIMIT:
        raise CannotDoError(f"A message has at most {TEXT_LIMIT} characters.")
    content: Json = {"text": text}
    if commands := find_bot_commands(text):
        content["entities"] = commands
    return content
