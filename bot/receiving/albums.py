"""Answers an album once: each of its pictures and files comes as a message of its own."""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from typing import Final, NamedTuple

from telegram.error import NetworkError

from bot.conversation.replies import Message, Privately, Reply
from bot.features.common.names import shown_length
from bot.features.deeds.said import LONGEST, MOST_ROWS
from bot.telegram.calls import ApiCall
from db.connection.errors import DatabaseAway

logger = logging.getLogger(__name__)

SECONDS_TO_WAIT: Final = 1.0
"""How long an answer to an album waits for a caption. Telegram sends the messages together."""

MOST_REMEMBERED: Final = 1_000
"""How many albums are remembered; at one more, the oldest is forgotten."""

SECONDS_TO_STOP: Final = 2.0


class Album(NamedTuple):
    """A group of messages in a chat: pictures or files that were sent together."""

    chat_id: int
    media_group_id: str


class Answered(NamedTuple):
    """The answer to an album: to which of its messages, and what it says."""

    album: Album
    message_id: int
    reply: Message


def together(before: Message, reply: Message) -> Message:
    """Return the answers to two captions of an album as one."""
    rows = [*before.buttons, *reply.buttons]
    if shown_length(before.text) + shown_length(reply.text) > LONGEST or len(rows) > MOST_ROWS:
        return reply
    return Message(f"{before.text}\n\n{reply.text}", rows)


class Albums:
    """Decides which message of an album is answered.

    A caption is answered like any text. The answer to a further caption is added to the first. The
    answer to a message without one, which says that the bot can't read it, is sent once for an
    album, and not at all if the album has a caption.

    Each replica remembers the albums that came to it: if the messages of one album come to several
    replicas, each replica may answer it. An answer that waits when the program is killed is lost;
    it tells of no change.

    Args:
        deliver: makes a call.
        seconds_to_wait: how long an answer waits for a caption.
    """

    def __init__(
        self,
        deliver: Callable[[ApiCall], Awaitable[object]],
        *,
        seconds_to_wait: float = SECONDS_TO_WAIT,
    ) -> None:
        self._deliver = deliver
        self._seconds_to_wait = seconds_to_wait
        self._answered: OrderedDict[Album, Answered | None] = OrderedDict()
        self._waiting: dict[Album, asyncio.Task[None]] = {}
        self._answers: set[asyncio.Task[None]] = set()
        self._stopping = asyncio.Event()

    def mark_answered(
        self, album: Album, message_id: int, reply: Reply | Privately
    ) -> Answered | None:
        """Note that a caption of the album is answered, so that pictures without one need none.

        Returns:
            The answer to an earlier caption, to which this one can be added.
        """
        before = self._answered.get(album)
        self._remember(album)
        if before is None and isinstance(reply, Message):
            self._answered[album] = Answered(album, message_id, reply)
        if waiting := self._waiting.pop(album, None):
            waiting.cancel()
        return before

    def replace_answer(self, before: Answered, reply: Message) -> None:
        """Note that the answer to an album says more now."""
        self._answered[before.album] = before._replace(reply=reply)

    def answer_once(self, album: Album, calls: Sequence[ApiCall]) -> None:
        """Make these calls soon, unless the album is answered otherwise.

        While very many albums wait, no further album is answered.
        """
        if album in self._answered or len(self._waiting) >= MOST_REMEMBERED:
            return
        self._remember(album)
        answer = asyncio.create_task(self._answer(album, calls))
        self._waiting[album] = answer
        self._answers.add(answer)
        answer.add_done_callback(self._answers.discard)

    async def stop(self) -> None:
        """Send the answers that wait, and break off those that take too long."""
        self._stopping.set()
        if not self._answers:
            return
        _, late = await asyncio.wait(self._answers, timeout=SECONDS_TO_STOP)
        for answer in late:
            answer.cancel()
        await asyncio.gather(*late, return_exceptions=True)

    def _remember(self, album: Album) -> None:
        self._answered.setdefault(album, None)
        if len(self._answered) > MOST_REMEMBERED:
            self._answered.popitem(last=False)

    async def _answer(self, album: Album, calls: Sequence[ApiCall]) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(self._seconds_to_wait):
                await self._stopping.wait()
        # From here on, a caption does not cancel the answer, which may be on its way.
        self._waiting.pop(album, None)
        for call in calls:
            try:
                await self._deliver(call)
            except (NetworkError, DatabaseAway) as error:
                logger.warning("An album can't be answered: %s", error)
