"""Generates updates that nobody should ever send: the Bot API's shapes, and damage to them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any, Final

from telegram import ChatMember, ChatMemberUpdated, Message, Update

from local_telegram.protocol.json_values import Json, is_array, is_object
from local_telegram.protocol.utf16 import utf16_length
from tests.fuzz.damage import Damage
from tests.fuzz.hostile import HostileValues
from tests.fuzz.shapes import NOW, Shapes

FIRST_MESSAGE_ID: Final = 1_000_000  # far above those that the stand-in gives
FIRST_QUERY_ID: Final = 7_000_000_000_000_000

SENT_AGAIN: Final = 0.05
MIGRATED: Final = 0.03
SAME_ID: Final = 0.05
"""How likely a message has the id of others: of other commands too."""

COMMANDS: Final = (
    "add", "fridge", "list", "remove", "clear", "keep", "language", "stats", "cleanup", "start",
    "help", "nope", "ADD", "addition",
)  # fmt: skip
ADDRESSES: Final = ("", "", "", "@fridge_bot", "@Fridge_Bot", "@other_bot", "@")
ARGUMENTS: Final = (
    "",
    "우유",
    "우유, 계란",
    "milk",
    "milk\neggs, 두부",
    "all",
    ", ".join(f"thing {number}" for number in range(60)),
)
ANSWERED: Final = ("What should I add?", "무엇을 넣을까요?", "뭘 넣을까요?", "")
DATA: Final = (
    "fridge:2", "fridge:1", "fridge:9999", "fridge:0", "fridge:-1", "fridge:99999", "fridge:²",
    "fridge:１", "clear:no", "clear:0", "clear:1795469068", "clear:1795469068000000",
    "clear:99999999999999999", "clear:100000000000000000", "clear:-5", "clear:٣٤", "clear:",
    "language:ko", "language:en", "language:xx", "language:", "", "\n", ":", "fridge",
)  # fmt: skip
NO_SUPERGROUPS: Final[Sequence[Any]] = (
    0, 1, -1, 1001, -4001, 2**31, 2**63 - 1, 2**63, -(2**63) - 1, 10**40, 1.5, "", "-1001", None,
    True, [], {},
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Place:
    """A chat, and those who write in it, as the Bot API shows them."""

    chat: Json
    people: Sequence[Json]


class Updates:
    """Generates updates; the same seed and places give the same ones.

    They have no `update_id`. Their messages are new ones, apart from the few that come twice or
    say that they are another one.
    """

    def __init__(self, seed: int, places: Sequence[Place]) -> None:
        self._random = Random(seed)  # noqa: S311 (reproducible, not secret)
        self._places = places
        self._shapes = Shapes(self._random)
        self._values = HostileValues(self._random)
        self._damage = Damage(self._random)
        self._made = 0

    def take(self, count: int) -> Iterator[Json]:
        """Generate the next updates."""
        previous: Json = {}
        for _ in range(count):
            if not previous or self._random.random() > SENT_AGAIN:
                make = self._migrated if self._random.random() < MIGRATED else self.valid
                previous = self._damaged(make())
            yield previous

    def valid(self) -> Json:
        """Generate one that Telegram could send."""
        makers = (self._written, self._tapped, self._of_any_kind, self._changed_standing)
        [make] = self._random.choices(makers, (50, 18, 24, 5))
        return make()

    def _damaged(self, update: Json) -> Json:
        for _ in range(self._random.choice((0, 0, 1, 1, 1, 2, 3, 5))):
            self._damage.do(update)
        if self._random.random() < 0.05:
            self._misplace_entities(update)
        if self._random.random() < SAME_ID and is_object(update.get("message")):
            update["message"]["message_id"] = FIRST_MESSAGE_ID
        return update

    def _misplace_entities(self, update: Json) -> None:
        """Let what is marked in a text lie elsewhere."""
        for message in update.values():
            entities = message.get("entities") if is_object(message) else None
            for entity in entities if is_array(entities) else ():
                if is_object(entity):
                    entity[self._random.choice(("offset", "length"))] = self._values.number()

    def _written(self) -> Json:
        """Somebody writes: a command for the most part."""
        message = self._message()
        text = self._text()
        if self._random.random() < 0.8:
            command = f"/{self._random.choice(COMMANDS)}{self._random.choice(ADDRESSES)}"
            text = f"{command} {text}"
            message["entities"] = [
                {"type": "bot_command", "offset": 0, "length": utf16_length(command)}
            ]
        message["text"] = text
        if self._random.random() < 0.1:
            message["reply_to_message"] = self._message() | {
                "from": self._shapes.value_of(Message, "from") | {"id": 1234567890, "is_bot": True},
                "text": self._random.choice(ANSWERED),
            }
        if self._random.random() < 0.1:
            self._add_any_content(message)
        kind = "message" if self._random.random() < 0.95 else "edited_message"
        return {kind: message}

    def _tapped(self) -> Json:
        """Somebody taps a button."""
        message = self._message() | {"text": self._text()}
        data = self._random.choice(DATA)
        if self._random.random() < 0.2:
            data = self._values.text()
        self._made += 1
        query: Json = {
            "id": str(FIRST_QUERY_ID + self._made),
            "from": message["from"],
            "chat_instance": "1",
            "message": message,
            "data": data,
        }
        return {"callback_query": query}

    def _of_any_kind(self) -> Json:
        """An update of one of all kinds, most of them about a message in one of the chats."""
        kind = self._random.choice(self._shapes.fields_of(Update).optional).name
        body = self._shapes.value_of(Update, kind)
        if "chat" in body:
            place = self._random.choice(self._places)
            body["chat"] = dict(place.chat)
            if "from" in body:
                body["from"] = dict(self._random.choice(place.people))
        if self._random.random() < 0.7:
            return {kind: body}
        message = self._message()
        self._add_any_content(message)
        return {"message": message}

    def _changed_standing(self) -> Json:
        """Somebody adds, removes, blocks or restricts the bot."""
        place = self._random.choice(self._places)
        change = self._shapes.build(ChatMemberUpdated) | {
            "chat": dict(place.chat),
            "from": dict(self._random.choice(place.people)),
            "old_chat_member": self._shapes.build(ChatMember),
            "new_chat_member": self._shapes.build(ChatMember),
        }
        return {"my_chat_member": change}

    def _migrated(self) -> Json:
        """A group says that it has become something that no group becomes."""
        field = self._random.choice(("migrate_to_chat_id", "migrate_from_chat_id"))
        return {"message": self._message() | {field: self._random.choice(NO_SUPERGROUPS)}}

    def _message(self) -> Json:
        place = self._random.choice(self._places)
        self._made += 1
        return {
            "message_id": FIRST_MESSAGE_ID + self._made,
            "from": dict(self._random.choice(place.people)),
            "chat": dict(place.chat),
            "date": NOW,
        }

    def _add_any_content(self, message: Json) -> None:
        content = self._shapes.build(Message)
        for field in ("message_id", "date", "chat", "from", "migrate_to_chat_id"):
            content.pop(field, None)
        message.update(content)

    def _text(self) -> str:
        if self._random.random() < 0.6:
            return self._random.choice(ARGUMENTS)
        return self._values.text()
