"""Opens the Telegram that the bot talks to: Telegram's own, or the playground's stand-in."""

import secrets
import socket
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from typing import Final

from telegram.error import BadRequest, Forbidden, InvalidToken, TelegramError

from bot.telegram.client import NoBotError
from fridge.times import to_microseconds
from local_telegram.http.loopback import is_loopback
from local_telegram.playground.sample_people import add_sample_people
from local_telegram.server import LocalTelegramServer
from local_telegram.telegram import LocalTelegram
from startup.clock import now
from startup.errors import AwayError, StartError
from startup.log import configure_logging
from startup.patience import Patience
from startup.serving import address_in_use, ready_to_listen
from startup.settings.settings import Settings

PLAYGROUND_NUMBERS: Final = 2_000_000_000
"""The first number of a start is below this: numbers of messages and updates have 31 bits."""


@dataclass(frozen=True, slots=True)
class Telegram:
    """A Telegram: the bot's token, the root of its API, and the ids of the admins."""

    token: str = field(repr=False)
    api_url: str
    admin_ids: frozenset[int]
    playground_url: str | None = None


@asynccontextmanager
async def open_telegram(
    settings: Settings, sockets: Sequence[socket.socket]
) -> AsyncGenerator[Telegram]:
    """Give the Telegram of the settings, or run the stand-in while the context is open.

    Args:
        settings: with a token, name the Telegram; without one, ask for the stand-in.
        sockets: the stand-in listens on these.

    Raises:
        StartError: the stand-in can't listen.
    """
    if settings.bot_token:
        token = settings.bot_token.get_secret_value()
        yield Telegram(token, settings.telegram_api_url, settings.admin_ids)
        return
    # A secret token, so that no web page in the same browser can act as the bot.
    token = f"1234567890:{secrets.token_urlsafe(26)}"
    configure_logging(settings.log_level, (*settings.secrets(), token))
    # The bot remembers the numbers of the messages that it answered, and takes a message with one
    # of them for a repetition. So each start begins with the present millisecond; they repeat after
    # 23 days.
    started = to_microseconds(now()) // 1000 % PLAYGROUND_NUMBERS
    telegram = LocalTelegram(token=token, record_calls=False, numbered_after=started)
    add_sample_people(telegram)
    server = LocalTelegramServer(telegram)
    try:
        await server.start_on(settings.listen.host, ready_to_listen(sockets))
    except OSError as error:
        raise address_in_use(settings.listen, error) from error
    try:
        admins = frozenset(person.id for person in telegram.people.values() if person.is_admin)
        yield Telegram(telegram.token, server.url, settings.admin_ids | admins, server.url)
    finally:
        await server.stop()


def refuse_public_playground(settings: Settings) -> None:
    """Refuse to open the playground, which lets everybody in, to the network.

    Raises:
        StartError: the playground would listen on an address that is not a loopback address.
    """
    if not settings.bot_token and not is_loopback(settings.listen.host):
        raise StartError(
            f"The playground lets everybody in, so it can't listen on {settings.listen.host}: "
            "set LISTEN to 127.0.0.1:8080, or BOT_TOKEN to go live"
        )


async def reach_telegram(
    api_url: str, patience: Patience, call: Callable[[], Awaitable[object]]
) -> None:
    """Make a call that the start needs, again and again while Telegram is away.

    Raises:
        StartError: as by `explain_telegram`.
    """

    async def attempt() -> None:
        with explain_telegram(api_url):
            await call()

    await patience.wait_for("Telegram", attempt)


@contextmanager
def explain_telegram(api_url: str) -> Generator[None]:
    """Turn Telegram's errors into a line for the operator.

    Raises:
        AwayError: for an error that may pass.
        StartError: for all other errors.
    """
    try:
        yield
    except InvalidToken as error:
        raise StartError(
            "Telegram does not know this BOT_TOKEN: copy it again from @BotFather"
        ) from error
    except NoBotError as error:
        raise StartError(
            f"What answers at {api_url} is no Bot API server ({error}): check TELEGRAM_API_URL"
        ) from error
    except (BadRequest, Forbidden) as error:
        raise StartError(
            f"Telegram at {api_url} refuses what every bot may ask ({error}): "
            "check TELEGRAM_API_URL if it is set"
        ) from error
    except TelegramError as error:
        raise AwayError(
            f"Telegram can't be reached at {api_url} ({error}): "
            "check the network, and TELEGRAM_API_URL if it is set"
        ) from error
