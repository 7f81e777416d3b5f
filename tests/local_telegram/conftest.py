"""A stand-in server on a loopback port, the people in it, and ways to call it."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from aiohttp import ClientSession
from telegram import Bot

from local_telegram.protocol.json_values import Json
from local_telegram.server import LocalTelegramServer
from local_telegram.state.chats import Chat
from local_telegram.state.people import Person
from local_telegram.telegram import LocalTelegram

GROUP_ID = -4001


@dataclass
class MovableClock:
    """A clock that stands still until it is moved."""

    now: datetime = datetime(2026, 5, 4, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **span: float) -> None:
        self.now += timedelta(**span)


@dataclass
class Sleeps:
    """Sleeps for no time, and remembers for how long it should have."""

    seconds: list[float] = field(default_factory=list[float])

    async def __call__(self, seconds: float) -> None:
        self.seconds.append(seconds)


@dataclass
class Heartbeats:
    """Sleeps until the next call of `beat`, and remembers for how long it should have."""

    seconds: list[float] = field(default_factory=list[float])
    _beats: asyncio.Queue[None] = field(default_factory=asyncio.Queue[None])

    async def __call__(self, seconds: float) -> None:
        self.seconds.append(seconds)
        await self._beats.get()

    def beat(self) -> None:
        """Let one sleep, of now or later, end."""
        self._beats.put_nowait(None)


@pytest.fixture
def heartbeats() -> Heartbeats:
    return Heartbeats()


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock()


@pytest.fixture
def sleeps() -> Sleeps:
    return Sleeps()


@pytest.fixture
def telegram(clock: MovableClock, sleeps: Sleeps) -> LocalTelegram:
    return LocalTelegram(clock=clock, sleep=sleeps)


@pytest.fixture
def minji(telegram: LocalTelegram) -> Person:
    return telegram.add_person(1001, "민지", "ko", "minji")


@pytest.fixture
def emma(telegram: LocalTelegram) -> Person:
    return telegram.add_person(1002, "Emma", "en", "emma")


@pytest.fixture
def group(telegram: LocalTelegram, minji: Person, emma: Person) -> Chat:
    return telegram.add_group(GROUP_ID, "우리 집 · Home", [minji, emma])


@pytest.fixture
async def server(
    telegram: LocalTelegram, heartbeats: Heartbeats, caplog: pytest.LogCaptureFixture
) -> AsyncIterator[LocalTelegramServer]:
    """A server that must not have met anything it did not expect."""
    async with LocalTelegramServer(telegram, sleep=heartbeats) as server:
        yield server
    assert [record.getMessage() for record in caplog.get_records("call")] == []


@pytest.fixture
async def http() -> AsyncIterator[ClientSession]:
    async with ClientSession() as session:
        yield session


CallServer = Callable[..., Coroutine[Any, Any, Json]]
"""Calls a method or a route with named fields; returns the body of the answer."""


@pytest.fixture
def call(server: LocalTelegramServer, http: ClientSession) -> CallServer:
    """Call a Bot API method with a JSON body; return the answer's body."""

    async def call(method: str, /, **parameters: Any) -> Json:  # noqa: ANN401 (any JSON value)
        url = f"{server.url}/bot{server.telegram.token}/{method}"
        async with http.post(url, json=parameters) as response:
            body: Json = await response.json()
            assert response.status == body.get("error_code", 200)
            return body

    return call


@pytest.fixture
def playground(server: LocalTelegramServer, http: ClientSession) -> CallServer:
    """Call a route of the people's side; return the answer's body."""

    async def ask(verb: str, path: str, /, **body: Any) -> Json:  # noqa: ANN401 (any JSON value)
        url = f"{server.url}/playground/{path}"
        options: Json = {"params": body} if verb == "GET" else {"json": body}
        async with http.request(verb, url, **options) as response:
            decoded: Json = await response.json()
            return decoded

    return ask


@pytest.fixture
async def bot(server: LocalTelegramServer) -> AsyncIterator[Bot]:
    """python-telegram-bot's own client."""
    async with Bot(server.telegram.token, base_url=f"{server.url}/bot") as bot:
        yield bot
