"""What strangers send to the webhook's port: it costs next to nothing, and holds up nobody."""

import asyncio
import gzip
import json
import logging
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Final

import pytest
from yarl import URL

from bot.receiving import guarded_server
from bot.receiving import webhook as webhook_module
from bot.receiving.wiring import Pipeline
from tests.bot.running import PATH, SECRET, webhook
from tests.db.tables import Tables
from tests.waiting import wait_until

EMMA: Final = 1002
SECONDS: Final = 5
UPDATE: Final = json.dumps(
    {
        "update_id": 1,
        "message": {
            "message_id": 1,
            "date": 1_772_366_400,
            "chat": {"id": EMMA, "type": "private"},
            "from": {"id": EMMA, "language_code": "en"},
            "text": "/add milk",
            "entities": [{"type": "bot_command", "offset": 0, "length": 4}],
        },
    }
).encode()


class Connection:
    """A connection to the webhook's port, byte by byte."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    def send(self, data: bytes) -> None:
        self._writer.write(data)

    def ask(self, *headers: str, line: str = f"POST {PATH} HTTP/1.1", body: bytes = b"") -> None:
        self.send("\r\n".join((line, "Host: bot", *headers, "", "")).encode() + body)

    def end(self) -> None:
        """Say that nothing more comes."""
        self._writer.write_eof()

    async def status(self) -> int:
        """The status of the next answer."""
        async with asyncio.timeout(SECONDS):
            head = await self._reader.readuntil(b"\r\n\r\n")
            length = next(line for line in head.lower().split(b"\r\n") if b"content-length" in line)
            await self._reader.readexactly(int(length.split(b":")[1]))
            return int(head.split()[1])

    async def closed(self) -> None:
        """Wait until the other end has closed it, and has said nothing more."""
        async with asyncio.timeout(SECONDS):
            assert await self._reader.read() == b""

    def is_closed(self) -> bool:
        return self._reader.at_eof()

    async def close(self) -> None:
        self._writer.close()


@asynccontextmanager
async def connected(url: str) -> AsyncGenerator[Connection]:
    address = URL(url)
    connection = Connection(*await asyncio.open_connection(address.host, address.port))
    try:
        yield connection
    finally:
        await connection.close()


@pytest.fixture
async def url(pipeline: Pipeline, unused_tcp_port: int) -> AsyncIterator[str]:
    async with webhook(pipeline, unused_tcp_port) as url:
        yield url


@pytest.fixture
async def connection(url: str) -> AsyncIterator[Connection]:
    async with connected(url) as connection:
        yield connection


def with_secret(length: int) -> tuple[str, str]:
    return f"X-Telegram-Bot-Api-Secret-Token: {SECRET}", f"Content-Length: {length}"


@pytest.mark.parametrize(
    ("line", "headers", "status"),
    [
        ("POST /else HTTP/1.1", with_secret(60_000_000), 404),
        (f"PUT {PATH} HTTP/1.1", with_secret(60_000_000), 405),
        (f"POST {PATH} HTTP/1.1", ("Content-Length: 60000000",), 403),
        (f"POST {PATH} HTTP/1.1", ("Transfer-Encoding: chunked",), 403),
    ],
)
async def test_a_stranger_is_sent_away_before_a_byte_of_the_body_has_come(
    connection: Connection, line: str, headers: tuple[str, ...], status: int
) -> None:
    connection.ask(*headers, line=line)

    assert await connection.status() == status
    await connection.closed()


async def test_a_post_that_breaks_off_is_no_error_of_the_program(
    connection: Connection, caplog: pytest.LogCaptureFixture
) -> None:
    connection.ask(*with_secret(len(UPDATE)), body=UPDATE[:5])
    connection.end()

    await connection.closed()
    assert caplog.messages == []


async def test_nothing_that_is_packed_is_unpacked(
    url: str, connection: Connection, caplog: pytest.LogCaptureFixture, tables: Tables
) -> None:
    bomb = gzip.compress(bytes(1_000_000))
    # Who unpacks this finds an error.
    connection.ask("Content-Encoding: gzip", "Content-Length: 1000", body=b"not packed".ljust(1000))
    assert await connection.status() == 403

    for body in (gzip.compress(UPDATE), bomb):
        async with connected(url) as telegram:
            telegram.ask("Content-Encoding: gzip", *with_secret(len(body)), body=body)
            assert await telegram.status() == 415

    assert await tables.items(EMMA) == []
    assert [record for record in caplog.records if record.levelno > logging.INFO] == []


async def test_a_large_body_that_is_not_announced_is_dropped_and_acknowledged(
    connection: Connection, caplog: pytest.LogCaptureFixture, tables: Tables
) -> None:
    chunk = b"10000\r\n" + b" " * 0x10000 + b"\r\n"
    connection.ask(with_secret(0)[0], "Transfer-Encoding: chunked", body=chunk * 20 + b"0\r\n\r\n")

    assert await connection.status() == 200
    assert any("was dropped" in line for line in caplog.messages)
    connection.ask(*with_secret(len(UPDATE)), body=UPDATE)
    assert await connection.status() == 200
    assert len(await tables.items(EMMA)) == 1


async def test_a_body_that_does_not_arrive_is_not_waited_for(
    connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webhook_module, "BODY_SECONDS", 0.1)

    connection.ask(*with_secret(1000), body=b"{")

    assert await connection.status() == 408
    await connection.closed()


@pytest.mark.parametrize("beginning", [b"", b"POST /hook HTTP/1.1\r\nHost: bot\r\nX-Slow: "])
async def test_who_does_not_ask_in_time_is_sent_away_and_telegram_may_be_silent(
    url: str, connection: Connection, monkeypatch: pytest.MonkeyPatch, beginning: bytes
) -> None:
    connection.ask(*with_secret(len(UPDATE)), body=UPDATE)
    assert await connection.status() == 200
    monkeypatch.setattr(guarded_server, "SECONDS_TO_ASK", 0.1)

    async with connected(url) as stranger:
        stranger.send(beginning)
        await stranger.closed()

    connection.ask(*with_secret(len(UPDATE)), body=UPDATE)
    assert await connection.status() == 200


async def test_many_idle_strangers_keep_no_post_out(
    url: str, connection: Connection, tables: Tables
) -> None:
    connection.ask(*with_secret(2), body=b"{}")
    assert await connection.status() == 400

    async with AsyncExitStack() as stack:
        idle = [await stack.enter_async_context(connected(url)) for _ in range(100)]

        async def most_are_closed() -> bool:
            return sum(one.is_closed() for one in idle) == 100 - guarded_server.MOST_STRANGERS

        await wait_until(most_are_closed)
        assert all(one.is_closed() for one in idle[: 100 - guarded_server.MOST_STRANGERS])
        another = await stack.enter_async_context(connected(url))
        for telegram in (connection, another):
            telegram.ask(*with_secret(len(UPDATE)), body=UPDATE)
            assert await telegram.status() == 200
    assert len(await tables.items(EMMA)) == 1


async def test_what_strangers_do_is_short_lines_for_debugging_and_counted_once(
    pipeline: Pipeline, unused_tcp_port: int, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    rubbish = [
        b"\x16\x03\x01\x02\x00\x01\x00",
        b"GET / HTTP/9.9\r\n\r\n",
        b"x" * 100_000,
        b"\0\n" * 9,
    ]
    header = b"POST /hook HTTP/1.1\r\nX-Long: " + b"x" * 10_000 + b"\r\n\r\n"
    async with webhook(pipeline, unused_tcp_port) as url:
        for sent in (*rubbish, header):
            async with connected(url) as stranger:
                stranger.send(sent)
                assert await stranger.status() == 400
                await stranger.closed()
        async with connected(url) as stranger:
            stranger.ask(line="GET / HTTP/1.1")
            assert await stranger.status() == 404

    said = [record for record in caplog.records if "Turned" in record.msg]
    *lines, count = said
    assert [(line.levelname, line.exc_info) for line in lines] == [("DEBUG", None)] * 6
    assert all(len(line.getMessage()) < 100 for line in lines)
    assert (count.levelname, count.getMessage()) == (
        "INFO",
        "Turned strangers away within a minute: 5 malformed requests, 1 refused requests",
    )
    assert [record for record in caplog.records if record.name.startswith("aiohttp")] == []


async def test_strangers_are_counted_every_minute(
    url: str, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    caplog.set_level(logging.INFO)
    monkeypatch.setattr(guarded_server, "REPORT_SECONDS", 0.01)

    async def counts() -> int:
        return sum("1 refused requests" in line for line in caplog.messages)

    for number in (1, 2):
        async with connected(url) as stranger:
            stranger.ask()
            assert await stranger.status() == 403

        async def is_counted(number: int = number) -> bool:
            return await counts() == number

        await wait_until(is_counted)
