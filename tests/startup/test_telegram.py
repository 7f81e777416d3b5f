"""A server in Telegram's place that answers otherwise than Telegram does."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import Final

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from telegram.error import BadRequest, EndPointNotFound, Forbidden, NetworkError, TelegramError

from bot.receiving.polling_conflicts import poll_instead_of_webhook
from bot.telegram.calls import ApiCall
from bot.telegram.client import BotApiClient
from bot.telegram.webhook_info import WebhookInfo
from startup.errors import AWAY, WRONG, StartError
from startup.telegram import Telegram, explain_telegram

TOKEN = "1234567890:AAEhBOweik6ad9r_QXMENQjcrGbqCr4K-bc"
BOT = {"id": 1234567890, "is_bot": True, "first_name": "Fridge", "username": "fridge_bot"}

Answering = Callable[..., Awaitable[BotApiClient]]


@pytest.fixture
async def answering() -> AsyncIterator[Answering]:
    """Makes a bot whose calls are answered by one object after another, and then by the last."""
    servers: list[TestServer] = []
    bots: list[BotApiClient] = []

    async def start(*answers: object) -> BotApiClient:
        left = list(answers)

        async def answer(_request: web.Request) -> web.Response:
            return web.json_response(left.pop(0) if len(left) > 1 else left[0])

        application = web.Application()
        application.router.add_route("*", "/{path:.*}", answer)
        server = TestServer(application)
        await server.start_server()
        servers.append(server)
        bots.append(BotApiClient(TOKEN, str(server.make_url("")).rstrip("/")))
        return bots[-1]

    yield start
    for bot in bots:
        await bot.shutdown()
    for server in servers:
        await server.close()


NO_BOTS: Final[Sequence[object]] = (
    None,
    True,
    [],
    "fridge_bot",
    {},
    {"username": "fridge_bot"},
    {**BOT, "username": None},
    {**BOT, "username": ""},
)


@pytest.mark.parametrize("answer", [{"ok": True}, *({"ok": True, "result": no} for no in NO_BOTS)])
async def test_what_says_nothing_of_the_bot_is_one_line(
    answering: Answering, answer: object
) -> None:
    bot = await answering(answer)
    line = r"http://here is no Bot API server \(getMe gives no "

    with pytest.raises(StartError, match=line), explain_telegram("http://here"):
        await bot.initialize()


@pytest.mark.parametrize(
    ("error", "status"),
    [(BadRequest("no"), WRONG), (Forbidden("no"), WRONG), (NetworkError("no"), AWAY)],
    ids=repr,
)
def test_a_server_that_refuses_a_call_is_not_waited_for(error: TelegramError, status: int) -> None:
    with pytest.raises(StartError, match="http://here") as refused, explain_telegram("http://here"):
        raise error
    assert refused.value.exit_status == status


def test_the_token_shows_in_no_text_of_a_telegram() -> None:
    assert TOKEN not in repr(Telegram(TOKEN, "http://here", frozenset()))


async def test_a_call_that_is_answered_without_a_result_was_made(answering: Answering) -> None:
    bot = await answering({"ok": True, "result": BOT}, {"ok": True})
    await bot.initialize()

    await bot.make(ApiCall("sendMessage", 1, {"chat_id": 1, "text": "milk"}))
    updates = await bot.get_raw_updates(0, timeout=0, read_timeout=1, allowed_updates=())

    assert updates == ()


async def test_a_server_that_gives_nothing_for_a_webhook_has_none(
    answering: Answering, caplog: pytest.LogCaptureFixture
) -> None:
    bot = await answering({"ok": True, "result": BOT}, {"ok": True}, {"ok": True, "result": True})
    await bot.initialize()

    await poll_instead_of_webhook(bot)

    assert caplog.messages == []


async def test_a_null_in_what_is_told_of_a_webhook_is_a_field_that_is_absent(
    answering: Answering,
) -> None:
    told = {"url": "https://here/hook", "pending_update_count": None, "max_connections": None}
    bot = await answering({"ok": True, "result": BOT}, {"ok": True, "result": told})
    await bot.initialize()

    assert await bot.webhook_info() == WebhookInfo(url="https://here/hook")


@pytest.mark.parametrize(
    ("told", "wrong"),
    [
        (["https://here/hook"], "valid dictionary"),
        ("https://here/hook", "valid dictionary"),
        ({"url": 1}, "url: "),
        ({"url": "", "allowed_updates": [["message"]]}, "allowed_updates.0: "),
        ({"url": "", "pending_update_count": "many"}, "pending_update_count: "),
        ({"url": "", "last_error_date": "yesterday"}, "last_error_date: "),
    ],
)
async def test_what_can_not_be_read_of_a_webhook_is_an_error_as_any_other(
    answering: Answering, caplog: pytest.LogCaptureFixture, told: object, wrong: str
) -> None:
    answer = {"ok": True, "result": told}
    bot = await answering({"ok": True, "result": BOT}, answer, answer, {"ok": True})
    await bot.initialize()

    with pytest.raises(EndPointNotFound, match=wrong):
        await bot.webhook_info()
    await poll_instead_of_webhook(bot)
    assert caplog.messages == []
