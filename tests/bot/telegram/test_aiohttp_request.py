import asyncio
import io
import traceback
from asyncio import StreamReader, StreamWriter
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import partial

import pytest
from aiohttp import BodyPartReader, web
from aiohttp.test_utils import TestServer
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup
from telegram.error import (
    BadRequest,
    Forbidden,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)
from telegram.request import RequestData

from bot.telegram.aiohttp_request import AiohttpRequest
from local_telegram.server import LocalTelegramServer

SECRET = "AAEhBOweik6ad9r_QXMENQjcrGbqCr4K-bc"
TOKEN = f"1234567890:{SECRET}"
PATIENCE = 10.0

Respond = Callable[[StreamWriter], Awaitable[None]]


class Server:
    """Answers each call as it is told, and remembers what came."""

    def __init__(self, respond: Respond) -> None:
        self.url = ""
        self.calls: list[bytes] = []
        self.connections = 0
        self.open = 0
        self.most_open = 0
        self.called = asyncio.Event()
        self.left = asyncio.Event()
        self._respond = respond
        self._tasks: set[asyncio.Task[None]] = set()

    @asynccontextmanager
    async def running(self) -> AsyncGenerator["Server"]:
        server = await asyncio.start_server(self._connected, "127.0.0.1", 0)
        host, port = server.sockets[0].getsockname()
        self.url = f"http://{host}:{port}/bot{TOKEN}/sendMessage"
        try:
            yield self
        finally:
            server.close()
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)

    def _connected(self, reader: StreamReader, writer: StreamWriter) -> None:
        task = asyncio.create_task(self._converse(reader, writer))
        self._tasks.add(task)

    async def _converse(self, reader: StreamReader, writer: StreamWriter) -> None:
        self.connections += 1
        self.open += 1
        self.most_open = max(self.most_open, self.open)
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                length = head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0]
                self.calls.append(head + await reader.readexactly(int(length or 0)))
                self.called.set()
                # Somebody who leaves is noticed while the answer is waited for, too.
                answer = asyncio.ensure_future(self._respond(writer))
                gone = asyncio.ensure_future(self._until_left(reader))
                await asyncio.wait((answer, gone), return_when=asyncio.FIRST_COMPLETED)
                answer.cancel()
                gone.cancel()
                await asyncio.gather(answer, gone, return_exceptions=True)
        except (asyncio.IncompleteReadError, ConnectionError):
            return
        finally:
            self.open -= 1
            self.left.set()
            writer.transport.abort()

    async def _until_left(self, reader: StreamReader) -> None:
        while not reader.at_eof():  # noqa: ASYNC110 (a look that takes nothing from the stream)
            await asyncio.sleep(0.005)


def answer(body: bytes = b'{"ok":true,"result":true}', status: str = "200 OK") -> bytes:
    return b"HTTP/1.1 %b\r\nContent-Length: %d\r\n\r\n%b" % (status.encode(), len(body), body)


async def write(what: bytes, writer: StreamWriter) -> None:
    writer.write(what)
    await writer.drain()


async def write_and_cut(what: bytes, writer: StreamWriter) -> None:
    await write(what, writer)
    writer.close()
    await asyncio.Event().wait()


async def stay_silent(_writer: StreamWriter) -> None:
    await asyncio.Event().wait()


def serving(what: bytes) -> AbstractAsyncContextManager[Server]:
    return Server(partial(write, what)).running()


def silent() -> AbstractAsyncContextManager[Server]:
    return Server(stay_silent).running()


@pytest.fixture
async def request_() -> AsyncIterator[AiohttpRequest]:
    async with AiohttpRequest() as request:
        yield request


@pytest.fixture
async def bot(telegram: LocalTelegramServer) -> AsyncIterator[Bot]:
    base_url = f"{telegram.url}/bot"
    token = telegram.telegram.token
    async with Bot(
        token, base_url, request=AiohttpRequest(), get_updates_request=AiohttpRequest()
    ) as bot:
        yield bot


def chain(error: BaseException | None) -> Iterator[BaseException]:
    """The error and all that hang on it, whether a traceback shows them or not."""
    if error is not None:
        yield error
        yield from chain(error.__cause__)
        yield from chain(error.__context__)


def assert_no_secret(error: BaseException) -> None:
    told = "".join(traceback.format_exception(error))
    for part in chain(error):
        told += f"{part} {part!r}"
    assert SECRET not in told


# With python-telegram-bot


async def test_a_bot_calls_methods_and_gets_their_results(
    bot: Bot, telegram: LocalTelegramServer
) -> None:
    keyboard = InlineKeyboardMarkup([[InlineKeyboardButton("우유", callback_data="remove:1")]])

    sent = await bot.send_message(1001, "냉장고에 <b>우유</b>", "HTML", reply_markup=keyboard)

    assert (sent.chat.id, sent.text, sent.reply_markup) == (1001, "냉장고에 우유", keyboard)
    assert telegram.telegram.messages(1001)[-1]["text"] == "냉장고에 우유"


async def test_a_bot_polls(bot: Bot, telegram: LocalTelegramServer) -> None:
    local = telegram.telegram
    local.send_text(local.people[1002], 1002, "/add milk")

    (update,) = await bot.get_updates(timeout=1)

    assert update.message is not None
    assert update.message.text == "/add milk"


async def test_refusals_are_raised_as_telegram_explains_them(
    bot: Bot, telegram: LocalTelegramServer
) -> None:
    with pytest.raises(BadRequest, match="Chat not found"):
        await bot.send_message(987, "Hello?")

    telegram.telegram.faults.add(method="sendMessage", retry_after=7)
    with pytest.raises(RetryAfter):
        await bot.send_message(1001, "Hello?")


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ('{"ok":false,"error_code":403,"description":"Forbidden: no"}', Forbidden("Forbidden: no")),
        ('{"ok":false,"error_code":429,"parameters":{"retry_after":7}}', RetryAfter(7)),
        ('{"ok":false,"error_code":500,"description":"Later"}', NetworkError("Later")),
        ('{"ok":false,"error_code":200,"description":"No"}', BadRequest("No")),
        ('{"ok":false,"error_code":"?","description":"No"}', BadRequest("No")),
        ('{"ok":false,"result":true}', BadRequest("Bad Request (400)")),
        ('{"ok":null}', BadRequest("Bad Request (400)")),
    ],
)
async def test_a_refusal_with_the_status_of_a_success_is_a_refusal(
    request_: AiohttpRequest, body: str, error: TelegramError
) -> None:
    async with serving(answer(body.encode())) as server:
        with pytest.raises(TelegramError) as caught:
            await request_.post(server.url)

    assert (type(caught.value), str(caught.value)) == (type(error), str(error))


async def test_a_bot_that_is_slow_to_be_answered_gives_up(telegram: LocalTelegramServer) -> None:
    telegram.telegram.faults.add(method="getMe", delay=0.3)
    token = telegram.telegram.token
    impatient = Bot(token, f"{telegram.url}/bot", request=AiohttpRequest(read_timeout=0.05))

    with pytest.raises(TimedOut):
        await impatient.initialize()
    await impatient.shutdown()


async def test_a_cut_connection_is_a_network_error_and_the_next_call_a_new_one(
    bot: Bot, telegram: LocalTelegramServer
) -> None:
    telegram.telegram.faults.add(method="sendMessage", disconnect=True)

    with pytest.raises(NetworkError, match=r"ServerDisconnectedError|ClientOSError"):
        await bot.send_message(1001, "Hello?")

    assert (await bot.send_message(1001, "Hello again")).text == "Hello again"


async def test_files_go_as_a_form() -> None:
    parts: dict[str | None, tuple[str | None, str | None, bytes]] = {}

    async def receive(request: web.Request) -> web.Response:
        async for part in await request.multipart():
            assert isinstance(part, BodyPartReader)
            kind = part.headers.get("Content-Type")
            parts[part.name] = (part.filename, kind, bytes(await part.read()))
        message = {"message_id": 1, "date": 1, "chat": {"id": 5, "type": "private"}}
        return web.json_response({"ok": True, "result": message})

    application = web.Application()
    application.router.add_post(f"/bot{TOKEN}/sendDocument", receive)
    async with TestServer(application) as server, AiohttpRequest() as request:
        uploader = Bot(TOKEN, str(server.make_url("/bot")), request=request)
        await uploader.send_document(
            5, io.BytesIO("우유\n계란".encode()), "장보기", filename="장보기.txt"
        )

    assert parts["document"] == ("장보기.txt", "text/plain", "우유\n계란".encode())
    assert parts["caption"][2].decode() == "장보기"
    assert parts["chat_id"][2] == b"5"


async def test_a_file_is_retrieved(request_: AiohttpRequest) -> None:
    async with serving(answer(b"\x00\xff not JSON")) as server:
        assert await request_.retrieve(server.url) == b"\x00\xff not JSON"

    assert server.calls[0].startswith(b"GET ")


# Connections


async def test_calls_one_after_the_other_share_a_connection(request_: AiohttpRequest) -> None:
    async with serving(answer()) as server:
        for _ in range(10):
            assert await request_.post(server.url, RequestData()) is True

    assert (server.connections, len(server.calls)) == (1, 10)
    assert f"User-Agent: {AiohttpRequest.USER_AGENT}".encode() in server.calls[-1]
    assert b"Content-Type: application/json" in server.calls[-1]


async def test_no_more_calls_at_once_than_connections_and_the_others_wait() -> None:
    async def take_a_moment(writer: StreamWriter) -> None:
        await asyncio.sleep(0.01)
        await write(answer(), writer)

    async with (
        Server(take_a_moment).running() as server,
        AiohttpRequest(connections=2) as request,
    ):
        results = await asyncio.gather(*(request.post(server.url) for _ in range(8)))

    assert results == [True] * 8
    assert server.most_open == 2


async def test_waiting_for_a_connection_is_limited() -> None:
    async with silent() as server, AiohttpRequest(connections=1, pool_timeout=0.05) as request:
        first = asyncio.create_task(request.post(server.url))
        await server.called.wait()

        with pytest.raises(TimedOut, match="free connection"):
            await request.post(server.url)

        first.cancel()
        await asyncio.wait((first,))
    assert len(server.calls) == 1


async def test_a_cancelled_call_closes_its_connection_and_makes_room() -> None:
    answers: list[Respond] = [stay_silent, partial(write, answer())]

    async def respond(writer: StreamWriter) -> None:
        await answers.pop(0)(writer)

    async with Server(respond).running() as server, AiohttpRequest(connections=1) as request:
        call = asyncio.create_task(request.post(server.url))
        await server.called.wait()

        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call

        await asyncio.wait_for(server.left.wait(), PATIENCE)
        assert await asyncio.wait_for(request.post(server.url), PATIENCE) is True


async def test_a_call_cancelled_in_the_middle_of_the_answer_closes_its_connection() -> None:
    begun = asyncio.Event()

    async def begin(writer: StreamWriter) -> None:
        await write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{", writer)
        begun.set()
        await asyncio.Event().wait()

    async with Server(begin).running() as server, AiohttpRequest() as request:
        call = asyncio.create_task(request.post(server.url))
        await begun.wait()

        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call

        await asyncio.wait_for(server.left.wait(), PATIENCE)


async def test_a_connection_goes_to_the_next_when_the_one_it_came_to_is_cancelled() -> None:
    proceed = asyncio.Event()

    async def when_told(writer: StreamWriter) -> None:
        await proceed.wait()
        await write(answer(), writer)

    async with Server(when_told).running() as server, AiohttpRequest(connections=1) as request:

        async def end_and_cancel_the_second() -> None:
            await request.post(server.url)
            second.cancel()  # which has just been given the connection

        first = asyncio.create_task(end_and_cancel_the_second())
        await server.called.wait()
        second = asyncio.create_task(request.post(server.url))
        third = asyncio.create_task(request.post(server.url))
        await asyncio.sleep(0)  # now both are waiting
        proceed.set()

        assert await asyncio.wait_for(third, PATIENCE) is True
        assert second.cancelled()
        await first


# Times


async def test_a_silent_server_is_given_up_on() -> None:
    async with silent() as server, AiohttpRequest(read_timeout=0.05) as request:
        assert request.read_timeout == 0.05
        with pytest.raises(TimedOut, match="waiting for the answer") as caught:
            await request.post(server.url)

    assert_no_secret(caught.value)


async def test_an_answer_that_stops_halfway_is_given_up_on() -> None:
    async def begin(writer: StreamWriter) -> None:
        await write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{", writer)
        await asyncio.Event().wait()

    async with Server(begin).running() as server, AiohttpRequest(read_timeout=0.05) as request:
        with pytest.raises(TimedOut, match="waiting for the answer") as caught:
            await request.post(server.url)

    assert_no_secret(caught.value)


async def test_a_call_may_set_its_own_limit_or_none() -> None:
    async def take_a_moment(writer: StreamWriter) -> None:
        await asyncio.sleep(0.2)
        await write(answer(), writer)

    async with (
        Server(take_a_moment).running() as server,
        AiohttpRequest(read_timeout=0.05) as request,
    ):
        assert await request.post(server.url, read_timeout=None) is True
        assert await request.post(server.url, read_timeout=5) is True
        with pytest.raises(TimedOut):
            await request.post(server.url)
        with pytest.raises(TimedOut):
            await request.post(server.url, read_timeout=0)


async def test_connecting_is_limited() -> None:
    # TLS begins with the server's answer, which does not come.
    async with silent() as server, AiohttpRequest(connect_timeout=0.05) as request:
        with pytest.raises(TimedOut, match="connecting") as caught:
            await request.post(server.url.replace("http:", "https:"))

    assert_no_secret(caught.value)


@asynccontextmanager
async def taking_nothing() -> AsyncGenerator[str]:
    """A server that lets itself be called, and reads nothing but the beginning."""
    streams: list[tuple[StreamReader, StreamWriter]] = []

    def connected(reader: StreamReader, writer: StreamWriter) -> None:
        # The reader, as long as it is there, takes no more than twice its limit.
        streams.append((reader, writer))

    server = await asyncio.start_server(connected, "127.0.0.1", 0, limit=1024)
    host, port = server.sockets[0].getsockname()
    yield f"http://{host}:{port}/bot{TOKEN}"
    for _, writer in streams:
        writer.transport.abort()
    server.close()


async def test_sending_a_file_is_limited() -> None:
    async with (
        taking_nothing() as root,
        AiohttpRequest(write_timeout=60, media_write_timeout=0.2) as request,
    ):
        bot = Bot(TOKEN, root.removesuffix(TOKEN), request=request)
        with pytest.raises(TimedOut, match="sending") as caught:
            await bot.send_document(5, io.BytesIO(bytes(20_000_000)))

    assert_no_secret(caught.value)


async def test_sending_a_long_text_is_limited() -> None:
    async with (
        taking_nothing() as root,
        AiohttpRequest(write_timeout=0.2, media_write_timeout=60) as request,
    ):
        bot = Bot(TOKEN, root.removesuffix(TOKEN), request=request)
        with pytest.raises(TimedOut, match="sending") as caught:
            await bot.send_message(5, "우유" * 2_000_000)

    assert_no_secret(caught.value)


# Faults

BROKEN = {
    "nothing at all": b"",
    "not HTTP": b"+OK POP3 ready\r\n\r\n",
    "half of the head": b"HTTP/1.1 200 OK\r\nContent-Le",
    "half of the body": b'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"ok":',
    "a broken chunk": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n{}\r\n",
    "half of the chunks": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n",
    "no gzip": b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc",
}


@pytest.mark.parametrize("what", BROKEN.values(), ids=BROKEN.keys())
async def test_a_broken_answer_is_a_network_error(request_: AiohttpRequest, what: bytes) -> None:
    async with Server(partial(write_and_cut, what)).running() as server:
        with pytest.raises(NetworkError) as caught:
            await request_.do_request(server.url, "POST", RequestData())

    assert not isinstance(caught.value, TimedOut)
    assert_no_secret(caught.value)


@pytest.mark.parametrize(
    ("root", "reason"),
    [
        ("http://127.0.0.1:1", "Connect call failed"),
        ("http://no-such-host.invalid", "ClientConnectorDNSError: "),
        ("http://", "InvalidUrlClientError$"),
        ("http://127.0.0.1:99999999", "ValueError$"),
        ("gopher://127.0.0.1", "NonHttpUrlClientError$"),
    ],
)
async def test_who_can_t_be_reached_is_named_by_the_reason_alone(
    request_: AiohttpRequest, root: str, reason: str
) -> None:
    with pytest.raises(NetworkError, match=reason) as caught:
        await request_.post(f"{root}/bot{TOKEN}/getMe")

    assert_no_secret(caught.value)


async def test_who_speaks_no_tls_is_not_spoken_to(request_: AiohttpRequest) -> None:
    writers: list[StreamWriter] = []

    async def greet(_reader: StreamReader, writer: StreamWriter) -> None:
        writers.append(writer)
        await write(b"220 mail.example ready\r\n", writer)

    server = await asyncio.start_server(greet, "127.0.0.1", 0)
    _, port = server.sockets[0].getsockname()

    with pytest.raises(NetworkError, match=r"ClientConnectorSSLError: .*SSL") as caught:
        await request_.post(f"https://127.0.0.1:{port}/bot{TOKEN}/getMe")

    assert_no_secret(caught.value)
    for writer in writers:
        writer.transport.abort()
    server.close()


async def test_a_redirect_is_not_followed(request_: AiohttpRequest) -> None:
    async with serving(answer()) as elsewhere:
        moved = f"HTTP/1.1 302 Found\r\nLocation: {elsewhere.url}\r\nContent-Length: 0\r\n\r\n"
        async with serving(moved.encode()) as server:
            with pytest.raises(NetworkError, match="Status 302"):
                await request_.post(server.url)

    assert elsewhere.calls == []


PAGE = f"<html>No route to /bot{TOKEN}/sendMessage</html>".encode()


@pytest.mark.parametrize(
    "status",
    [
        "302 Found",
        "400 Bad Request",
        "401 Unauthorized",
        "403 Forbidden",
        "404 Not Found",
        "409 Conflict",
        "429 Too Many Requests",
        "502 Bad Gateway",
        "599 Whatever",
    ],
)
@pytest.mark.parametrize(
    "page",
    [PAGE, b'{"message": "Forbidden"}', b"[" * 100_000],
    ids=["a page", "JSON", "deep JSON"],
)
async def test_what_another_server_says_is_no_refusal_of_telegrams_and_passes(
    request_: AiohttpRequest, caplog: pytest.LogCaptureFixture, status: str, page: bytes
) -> None:
    caplog.set_level("DEBUG", "telegram")
    async with serving(answer(page, status)) as server:
        with pytest.raises(NetworkError) as caught:
            await request_.post(server.url)

    assert type(caught.value) is NetworkError
    assert caught.value.message == f"Status {status[:3]}, and not from the Bot API"
    assert_no_secret(caught.value)
    assert SECRET not in caplog.text


@pytest.mark.parametrize(
    "page",
    [PAGE, b'{"welcome": true}', b"[" * 100_000, b"[]"],
    ids=["a page", "JSON", "deep JSON", "a list"],
)
async def test_the_page_of_another_server_is_neither_raised_nor_logged(
    request_: AiohttpRequest, caplog: pytest.LogCaptureFixture, page: bytes
) -> None:
    caplog.set_level("DEBUG", "telegram")
    async with serving(answer(page)) as server:
        with pytest.raises(NetworkError) as caught:
            await request_.post(server.url)

    assert caught.value.message == "What came is not an answer of the Bot API"
    assert_no_secret(caught.value)
    assert SECRET not in caplog.text


# Proxies


async def test_the_proxy_of_the_environment_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    async with serving(answer()) as proxy:
        address = proxy.url.partition("://")[2].partition("/")[0]
        monkeypatch.setenv("http_proxy", f"cook:milk@{address}")
        async with AiohttpRequest() as request:
            assert await request.post("http://telegram.invalid/bot/getMe") is True

    assert proxy.calls[0].startswith(b"POST http://telegram.invalid/bot/getMe HTTP/1.1\r\n")
    assert b"Proxy-Authorization: Basic Y29vazptaWxr\r\n" in proxy.calls[0]


async def test_a_proxy_that_refuses_is_a_network_error(monkeypatch: pytest.MonkeyPatch) -> None:
    async with serving(answer(b"", "407 Who are you")) as proxy:
        monkeypatch.setenv("https_proxy", proxy.url.partition("/bot")[0])
        async with AiohttpRequest() as request:
            with pytest.raises(NetworkError, match="the proxy answers 407") as caught:
                await request.post(f"https://telegram.invalid/bot{TOKEN}/getMe")

    assert proxy.calls[0].startswith(b"CONNECT telegram.invalid:443 ")
    assert_no_secret(caught.value)


async def test_no_proxy_is_asked_about_hosts_that_need_none(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    async with serving(answer()) as server, AiohttpRequest() as request:
        assert await request.post(server.url) is True


# Beginning and end


async def test_it_has_to_be_initialized_and_can_be_again() -> None:
    request = AiohttpRequest()
    async with serving(answer()) as server:
        with pytest.raises(RuntimeError, match="not initialized"):
            await request.do_request(server.url, "POST")
        for _ in range(2):
            await request.initialize()
            await request.initialize()
            assert await request.post(server.url) is True
            await request.shutdown()
            await request.shutdown()
            with pytest.raises(RuntimeError, match="not initialized"):
                await request.do_request(server.url, "POST")


async def test_a_shutdown_ends_the_calls_under_way_and_those_that_wait() -> None:
    request = AiohttpRequest(connections=1)
    await request.initialize()
    async with silent() as server:
        under_way = asyncio.create_task(request.do_request(server.url, "POST"))
        waiting = asyncio.create_task(request.do_request(server.url, "POST"))
        await server.called.wait()

        await request.shutdown()

        with pytest.raises(NetworkError) as caught:
            await asyncio.wait_for(under_way, PATIENCE)
        assert_no_secret(caught.value)
        with pytest.raises(RuntimeError, match="not initialized"):
            await asyncio.wait_for(waiting, PATIENCE)
