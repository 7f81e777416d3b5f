"""The messages that a chat holds, in the Bot API's shape."""

from collections import OrderedDict
from dataclasses import dataclass

from local_telegram.protocol.json_values import Json
from local_telegram.state.chats import Chat

MESSAGES_KEPT = 1000


@dataclass(slots=True)
class StoredMessage:
    """A message as it is after its last edit.

    `body` is the Bot API's Message. `prompt` is a keyboard that only people see (ForceReply,
    ReplyKeyboardMarkup, ReplyKeyboardRemove). `sent_event` is the number of the event that
    told of the message.
    """

    body: Json
    by_bot: bool
    prompt: Json | None = None
    sent_event: int = 0

    def visible(self) -> Json:
        """Return the message as people see it."""
        return self.body if self.prompt is None else self.body | {"reply_markup": self.prompt}


class MessageHistory:
    """The last messages of every chat.

    Private chats and basic groups share one numbering, as in a Telegram account; supergroups and
    channels each have their own. A message's body is never changed: an edit puts a new one in
    its place.

    Args:
        numbered_after: The last message id that was given out before.
    """

    def __init__(self, numbered_after: int = 0) -> None:
        self._numbered_after = numbered_after
        self._histories: dict[int, OrderedDict[int, StoredMessage]] = {}
        self._last_shared_id = numbered_after
        self._last_own_id: dict[int, int] = {}

    def next_id(self, chat: Chat) -> int:
        """Return the id of the next message in a chat."""
        if chat.type in {"private", "group"}:
            self._last_shared_id += 1
            return self._last_shared_id
        self._last_own_id[chat.id] = self._last_own_id.get(chat.id, self._numbered_after) + 1
        return self._last_own_id[chat.id]

    def add(self, chat_id: int, message: StoredMessage) -> None:
        """Keep a message, and forget the chat's oldest if there are too many."""
        history = self._histories.setdefault(chat_id, OrderedDict())
        history[message.body["message_id"]] = message
        if len(history) > MESSAGES_KEPT:
            history.popitem(last=False)

    def find(self, chat_id: int, message_id: int) -> StoredMessage | None:
        """Return a message, or None if the chat does not hold it."""
        history = self._histories.get(chat_id)
        return history.get(message_id) if history else None

    def remove(self, chat_id: int, message_id: int) -> None:
        """Delete a message that the chat holds."""
        del self._histories[chat_id][message_id]

    def all(self, chat_id: int) -> list[Json]:
        """Return a chat's messages, oldest first."""
        history = self._histories.get(chat_id)
        return [message.visible() for message in history.values()] if history else []


def in_topic(topic: int | None) -> Json:
    """Return the fields of a message in a forum's topic; none for a message outside topics."""
    return {"message_thread_id": topic, "is_topic_message": True} if topic else {}


def as_reply_target(message: Json) -> Json:
    """Return a message for `reply_to_message`: without its own `reply_to_message`."""
    if "reply_to_message" not in message:
        return message
    return {name: value for name, value in message.items() if name != "reply_to_message"}
