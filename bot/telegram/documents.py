"""Files that people send: their description in a message, and how they are fetched."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

from telegram.error import BadRequest, RetryAfter, TelegramError

from bot.telegram.back_off import growing_pauses, requested_pause
from bot.telegram.client import BotApiClient
from bot.telegram.updates import File

logger = logging.getLogger(__name__)

MOST_KILOBYTES: Final = 256
MOST_BYTES: Final = MOST_KILOBYTES * 1024

# A webhook's post has to be answered within 50 seconds: after 60, Telegram sends it again.
PATIENCE_SECONDS: Final = 25.0
MOST_TRIES: Final = 4
FIRST_PAUSE_SECONDS: Final = 0.2
LONGEST_PAUSE_SECONDS: Final = 2.0


class Problem(Enum):
    """Why a file can't be used."""

    TOO_BIG = auto()
    GONE = auto()
    AWAY = auto()
    UNREADABLE = auto()


class UnusableFile(Exception):  # noqa: N818 (a state of the file, not a slip of the caller)
    """The file can't be used; `bot.features.files.import_views` has the words for each problem."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.name)
        self.problem = problem


@dataclass(frozen=True, slots=True)
class Document:
    """Telegram's description of a file. The name and the size may be missing or wrong."""

    file_id: str
    name: str
    mime_type: str
    size: int


Fetch = Callable[[Document], Awaitable[bytes]]
"""Returns the content of a file, or raises `UnusableFile`."""


def read_document(sent: File) -> Document:
    """Return the description of a file in a message."""
    return Document(
        file_id=sent.file_id,
        name=sent.file_name or "",
        mime_type=sent.mime_type or "",
        size=sent.file_size or 0,
    )


async def fetch(bot: BotApiClient, document: Document, patience: float = PATIENCE_SECONDS) -> bytes:
    """Fetch a file, and retry for up to `patience` seconds where that fails for a passing reason.

    No more than `MOST_BYTES` and a byte are fetched, whatever size is announced.

    Raises:
        UnusableFile: the file is too big or gone, or can't be fetched for now.
    """
    if document.size > MOST_BYTES:
        raise UnusableFile(Problem.TOO_BIG)
    try:
        async with asyncio.timeout(patience):
            content = await _fetch(bot, document.file_id)
    except TimeoutError:
        logger.warning("A file took over %d s to fetch", patience)
        raise UnusableFile(Problem.AWAY) from None
    if len(content) > MOST_BYTES:
        raise UnusableFile(Problem.TOO_BIG)
    return content


async def _fetch(bot: BotApiClient, file_id: str) -> bytes:
    waits = growing_pauses(FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS)
    for left in reversed(range(MOST_TRIES)):
        try:
            return await bot.download(file_id, MOST_BYTES + 1)
        except BadRequest as error:
            too_big = "too big" in error.message.lower()
            raise UnusableFile(Problem.TOO_BIG if too_big else Problem.GONE) from None
        except TelegramError as error:
            if not left:
                logger.warning("A file could not be fetched: %s", error)
                break
            asked = requested_pause(error) if isinstance(error, RetryAfter) else 0.0
            await asyncio.sleep(asked or next(waits))
    raise UnusableFile(Problem.AWAY)
