"""LocalTelegram: the whole stand-in without HTTP."""

import asyncio

from local_telegram.actions.bot_messages import BotMessages
from local_telegram.actions.groups import Groups
from local_telegram.actions.taps import Taps
from local_telegram.protocol.json_values import Json

BOT_CONTENT_EVENTS = frozenset({"message", "edited"})


class LocalTelegram(Groups, Taps, BotMessages):
    """All state, what people and the bot do, and what can be seen in the chats.

    What a person can't do in Telegram's apps raises CannotDoError.
    """

    def messages(self, chat_id: int) -> list[Json]:
        """Return a chat's messages as its members see them, oldest first."""
        return self.history.all(chat_id)

    async def wait_for_message(
        self, chat_id: int, *, after: int = 0, after_event: int | None = None, timeout: float = 5.0
    ) -> Json:
        """Return the bot's next message or edit in a chat.

        Args:
            chat_id: The chat.
            after: A message id; only the bot's messages and edits after that message count.
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

    def _bot_message_since(self, chat_id: int, event_id: int) -> Json | None:
        for event in self.events.since(event_id):
            if event.by_bot and event.chat_id == chat_id and event.type in BOT_CONTENT_EVENTS:
                return dict(event.body["message"])
        return None
