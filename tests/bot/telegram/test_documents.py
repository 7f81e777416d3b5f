"""Fetching a file from Telegram: what fails for a while, what is gone, and what is too big."""

import logging
import traceback
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from telegram.error import NetworkError

from bot.telegram.client import BotApiClient
from bot.telegram.documents import (
    MOST_BYTES,
    PATIENCE_SECONDS,
    Document,
    Problem,
    UnusableFile,
    fetch,
)
from local_telegram.server import LocalTelegramServer

SECRET = "AAEhBOweik6ad9r_QXMENQjcrGbqCr4K-bc"
TOKEN = f"1234567890:{SECRET}"


@pytest.fixture
async def api(telegram: LocalTelegramServer) -> AsyncIterator[BotApiClient]:
    async with BotApiClient(telegram.telegram.token, telegram.url) as bot:
        yield bot


def sent(telegram: LocalTelegramServer, content: bytes, announced: int | None = None) -> Document:
    """What an update tells of a file that is on the server."""
    file = telegram.telegram.files.add("list.csv", None, content)
    size = len(content) if announced is None else announced
    return Document(file.id, file.name, file.mime_type, size)


async def problem(
    bot: BotApiClient, document: Document, patience: float = PATIENCE_SECONDS
) -> Problem:
    with pytest.raises(UnusableFile) as unusable:
        await fetch(bot, document, patience)
    return unusable.value.problem


async def test_a_file_is_fetched_as_it_is_whatever_fails_for_a_moment(
    telegram: LocalTelegramServer, api: BotApiClient
) -> None:
    faults = telegram.telegram.faults
    faults.add(method="getFile", disconnect=True)
    faults.add(method="download", status=502)
    faults.add(method="download", disconnect=True)

    assert await fetch(api, sent(telegram, b"\0" * MOST_BYTES)) == b"\0" * MOST_BYTES


@pytest.mark.parametrize("announced", [0, 1, None])
async def test_a_file_that_is_too_big_is_not_taken_whatever_size_is_announced(
    telegram: LocalTelegramServer, api: BotApiClient, announced: int | None
) -> None:
    too_big = sent(telegram, b"\0" * (MOST_BYTES + 1), announced)

    assert await problem(api, too_big) is Problem.TOO_BIG


async def test_what_is_wrong_with_a_file_is_told_apart(
    telegram: LocalTelegramServer, api: BotApiClient
) -> None:
    here = sent(telegram, b"milk")
    faults = telegram.telegram.faults

    unknown = Document("no-such-file", "list.csv", "", 0)
    assert await problem(api, unknown) is Problem.GONE
    faults.add(method="getFile", status=400, description="Bad Request: file is too big")
    assert await problem(api, here) is Problem.TOO_BIG
    for status in (400, 404, 410):
        faults.add(method="download", status=status)
        assert await problem(api, here) is Problem.GONE
    faults.add(method="*", times=4, status=502)
    assert await problem(api, here) is Problem.AWAY


async def test_a_wait_that_telegram_asks_for_is_kept_within_patience(
    telegram: LocalTelegramServer, api: BotApiClient
) -> None:
    telegram.telegram.faults.add(method="getFile", retry_after=30)

    assert await problem(api, sent(telegram, b"milk"), patience=0.2) is Problem.AWAY


ME = {"id": 1234567890, "is_bot": True, "first_name": "Fridge", "username": "fridge_bot"}
PACKED = b"\x1f\x8b\x08\x00 is not unpacked"


class Server:
    """A Bot API server that is not Telegram's, and what it has written of a file without end."""

    def __init__(self, answer: str) -> None:
        self.answer = answer
        self.written = 0

    def routes(self) -> list[web.RouteDef]:
        return [web.post("/{token}/{method}", self._call), web.get("/file/{path:.*}", self._file)]

    async def _call(self, request: web.Request) -> web.Response:
        file = {"file_path": "a/../b ?#.csv"}
        result = ME if request.match_info["method"] == "getMe" else file
        return web.json_response({"ok": True, "result": result})

    async def _file(self, request: web.Request) -> web.StreamResponse:
        assert request.path == f"/file/bot{TOKEN}/a/../b ?#.csv"
        match self.answer:
            case "moved":
                raise web.HTTPFound(f"http://127.0.0.1:1/{TOKEN}")
            case "broken":
                raise web.HTTPBadGateway(text=f"There is no {request.url}")
            case "cut" if request.transport:
                request.transport.abort()
            case _:
                pass
        response = web.StreamResponse()
        if self.answer == "packed":
            response.headers["Content-Encoding"] = "gzip"
        await response.prepare(request)
        while self.answer == "endless":
            self.written += 65536
            await response.write(b"\0" * 65536)
        await response.write(PACKED)
        return response


@asynccontextmanager
async def bot_of(server: Server) -> AsyncGenerator[BotApiClient]:
    application = web.Application()
    application.add_routes(server.routes())
    async with TestServer(application) as running:
        root = str(running.make_url("")).rstrip("/")
        async with BotApiClient(TOKEN, root) as bot:
            yield bot


async def test_no_server_makes_the_bot_take_more_than_it_wants() -> None:
    endless = Server("endless")
    async with bot_of(endless) as bot:
        assert await bot.download("id", 100_000) == b"\0" * 100_000
    assert endless.written < 16 * 1024 * 1024

    async with bot_of(Server("packed")) as bot:
        assert await bot.download("id", 100_000) == PACKED


@pytest.mark.parametrize("answer", ["moved", "broken", "cut"])
async def test_the_token_in_a_files_address_is_told_to_nobody(
    answer: str, caplog: pytest.LogCaptureFixture
) -> None:
    async with bot_of(Server(answer)) as bot:
        caplog.set_level(logging.DEBUG)
        with pytest.raises(NetworkError) as failed:
            await bot.download("id", 100)

    assert SECRET not in "".join(traceback.format_exception(failed.value))
    assert SECRET not in caplog.text
