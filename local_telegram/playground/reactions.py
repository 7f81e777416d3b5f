"""Waits until the bot has reacted to what a person did, and collects its replies."""

import asyncio
from collections.abc import Callable

from local_telegram.playground.requests import read_seconds
from local_telegram.protocol.json_values import Json
from local_telegram.protocol.parameters import Parameters
from local_telegram.state.chats import Chat
from local_telegram.state.events import Event
from local_telegram.telegram import BOT_CONTENT_EVENTS, LocalTelegram

DEFAULT_WAIT_SECONDS = 5.0
GRACE_SECONDS = 0.25
UNCONFIRMED_SECONDS = 2.0

IsAnswer = Callable[[Event], bool]


class Reaction:
    """The bot's reaction in one chat to what happens from now on."""

    def __init__(self, telegram: LocalTelegram, chat: Chat) -> None:
        self._telegram = telegram
        self._chat = chat
        self._last_update = telegram.updates.last_id
        self._last_event = telegram.events.last_id

    async def wait(self, body: Parameters, is_answer: IsAnswer) -> None:
        """Return when the bot has handled the newest update, or after `wait` seconds of the body.

        Nothing is waited for if no update was queued since this object was made.
        """
        wait = read_seconds(body, "wait", DEFAULT_WAIT_SECONDS)
        update_id = self._telegram.updates.last_id
        if wait <= 0 or update_id == self._last_update:
            return
        confirmed = asyncio.ensure_future(self._telegram.updates.confirmed(update_id))
        answered = asyncio.ensure_future(self._answered(is_answer))
        try:
            done, _ = await asyncio.wait(
                {confirmed, answered}, timeout=wait, return_when=asyncio.FIRST_COMPLETED
            )
            if answered in done:
                # The bot may send more before it confirms the update.
                await asyncio.wait({confirmed}, timeout=min(wait, UNCONFIRMED_SECONDS))
            elif done:
                # The bot may have stored the update only, to answer in a moment or not at all.
                await asyncio.wait({answered}, timeout=min(wait, GRACE_SECONDS))
        finally:
            confirmed.cancel()
            answered.cancel()

    def replies(self) -> list[Json]:
        """Return the messages that the bot sent or edited, each as it now is."""
        replies: dict[int, Json] = {}
        for event in self._telegram.events.since(self._last_event):
            if self._is_here(event) and event.by_bot and event.type in BOT_CONTENT_EVENTS:
                message = event.body["message"]
                replies[message["message_id"]] = message
        return list(replies.values())

    async def _answered(self, is_answer: IsAnswer) -> None:
        while not any(
            self._is_here(event) and is_answer(event)
            for event in self._telegram.events.since(self._last_event)
        ):
            await self._telegram.events.next(self._chat.id)

    def _is_here(self, event: Event) -> bool:
        return event.chat_id == self._chat.id
