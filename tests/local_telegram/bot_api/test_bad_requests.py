"""What no well-behaved client sends: it is refused, and nothing is logged as an error."""

import asyncio
import logging
from typing import Any

import pytest
from aiohttp import ClientSession
from yarl import URL

from local_telegram.server import LocalTelegramServer
from local_telegram.state.people import Person
from tests.local_telegram.conftest import CallServer

HUGE = "9" * 5000
NESTED = "[" * 200_000
MULTIPART = "multipart/form-data; boundary=x"
TEXT_PART = b'Content-Disposition: form-data; name="text"\r\n\r\nx\r\n--x--\r\n'


async def post(
    http: ClientSession, url: str, body: bytes, content_type: str, **headers: str
) -> tuple[int, Any]:
    all_headers = {"Content-Type": content_type} | headers
    async with http.post(url, data=body, headers=all_headers) as response:
        return response.status, await response.json()


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("application/json", b"{"),
        ("application/json", NESTED.encode()),
        ("application/json", b'{"text": ' + HUGE.encode() + b"}"),
        ("application/json", b'{"text": "\xff"}'),
        ("application/x-www-form-urlencoded; charset=martian", b"text=x"),
        ("application/x-www-form-urlencoded", b"text=\xff"),
        ("multipart/form-data", b"no boundary"),
        ("multipart/form-data; boundary=" + "x" * 71, b"too long a boundary"),
        (MULTIPART, b"no part"),
        (MULTIPART, b"--x\r\nContent-Disposition: form-data"),
        (MULTIPART, b'--x\r\nContent-Disposition: form-data; name="text"\r\n\r\nno end'),
        (MULTIPART, b'--x\r\nContent-Disposition: form-data; name="text"\r\n\r\n\xff\r\n--x--\r\n'),
        (MULTIPART, b"--x\r\nno header\r\n\r\nx\r\n--x--\r\n"),
        (MULTIPART, b"--x\r\nContent-Transfer-Encoding: martian\r\n" + TEXT_PART),
    ],
    ids=range(14),
)
async def test_a_body_that_is_not_what_it_says_is_refused(
    server: LocalTelegramServer, http: ClientSession, content_type: str, body: bytes
) -> None:
    url = f"{server.url}/bot{server.telegram.token}/getMe"
    status, answer = await post(http, url, body, content_type)
    assert status == answer["error_code"] == 400
    assert answer["description"].startswith("Bad Request: can't parse")


@pytest.mark.parametrize("path", ["bot{token}/getMe", "playground/send"])
async def test_a_body_that_is_packed_is_refused(
    server: LocalTelegramServer, http: ClientSession, path: str
) -> None:
    url = f"{server.url}/{path.format(token=server.telegram.token)}"
    headers = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
    async with http.post(url, data=b"not packed", headers=headers) as response:
        assert response.status == 415


@pytest.mark.parametrize(
    ("path", "status"),
    [("bot{token}/getMe", 413), ("playground/send", 413), ("bot1:wrong/getMe", 401), ("no", 404)],
)
async def test_a_large_body_is_refused_before_it_comes(
    server: LocalTelegramServer, path: str, status: int
) -> None:
    url = URL(server.url)
    reader, writer = await asyncio.open_connection(url.host, url.port)
    target = path.format(token=server.telegram.token)
    announced = f"Host: {url.host}\r\nContent-Length: 60000000"
    writer.write(f"POST /{target} HTTP/1.1\r\n{announced}\r\n\r\n".encode())

    async with asyncio.timeout(60):
        answer = await reader.read()
    assert f"HTTP/1.1 {status} ".encode() in answer
    writer.close()


async def test_what_is_no_http_is_a_line_for_debugging(
    server: LocalTelegramServer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    url = URL(server.url)
    reader, writer = await asyncio.open_connection(url.host, url.port)
    writer.write(b"GET / HTTP/9.9\r\n\r\n")

    async with asyncio.timeout(60):
        assert b" 400 " in await reader.read()
    writer.close()
    [line] = [record for record in caplog.records if "no HTTP" in record.msg]
    assert (line.levelno, line.exc_info) == (logging.DEBUG, None)
    assert not any(record.exc_info for record in caplog.records)
    caplog.clear()  # nothing else was expected


@pytest.mark.parametrize(
    "parameters",
    [
        {"chat_id": HUGE, "text": "x"},
        {"chat_id": f"-{HUGE}", "text": "x"},
        {"chat_id": 1001, "text": "x", "reply_markup": NESTED},
        {"chat_id": 1001, "text": "x", "entities": NESTED},
        {"chat_id": 1001, "text": "x", "reply_parameters": {"message_id": HUGE}},
    ],
    ids=range(5),
)
@pytest.mark.usefixtures("minji")
async def test_numbers_and_structures_without_end_are_refused(
    call: CallServer, parameters: dict[str, Any]
) -> None:
    assert (await call("sendMessage", **parameters))["error_code"] == 400


@pytest.mark.parametrize("depth", [101, 900, 950, 980, 1000])
async def test_what_is_nested_deeper_than_telegram_reads_is_refused(
    server: LocalTelegramServer, http: ClientSession, minji: Person, depth: int
) -> None:
    nested = "[" * depth + "]" * depth
    body = f'{{"chat_id": {minji.id}, "text": {nested}}}'.encode()
    url = f"{server.url}/bot{server.telegram.token}/sendMessage"
    status, _ = await post(http, url, body, "application/json")
    assert status == 400


@pytest.mark.parametrize("address", ["http://[::1", "http://[x]/", "http://\x00/"])
async def test_a_webhook_needs_an_address(call: CallServer, address: str) -> None:
    assert (await call("setWebhook", url=address))["error_code"] == 400


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("send", NESTED),
        ("send", f'{{"person": 1001, "chat": "{HUGE}", "text": "x"}}'),
        ("send", f'{{"person": 1001, "chat": {HUGE}, "text": "x"}}'),
        ("send", f'{{"person": {HUGE}, "text": "x"}}'),
        ("send", f'{{"person": 1001, "text": "x", "reply_to": "{HUGE}"}}'),
        ("tap", f'{{"person": 1001, "message_id": "{HUGE}", "data": "x"}}'),
        ("migrate", f'{{"chat": "{HUGE}"}}'),
    ],
    ids=range(7),
)
@pytest.mark.usefixtures("minji")
async def test_the_user_side_refuses_them_too(
    server: LocalTelegramServer, http: ClientSession, path: str, body: str
) -> None:
    url = f"{server.url}/playground/{path}"
    status, answer = await post(http, url, body.encode(), "application/json")
    assert status == 400
    assert answer["error"]


@pytest.mark.parametrize("seconds", ["NaN", "Infinity", "-1", "1" + "0" * 400])
async def test_an_odd_number_of_seconds_does_no_harm(
    server: LocalTelegramServer, http: ClientSession, seconds: str
) -> None:
    url = f"{server.url}/playground/faults"
    body = f'{{"method": "getMe", "delay": {seconds}}}'.encode()
    status, _ = await post(http, url, body, "application/json")
    assert status == 200


@pytest.mark.parametrize("path", ["messages", "commands"])
@pytest.mark.usefixtures("minji")
async def test_a_chat_of_5000_digits_is_not_there(
    server: LocalTelegramServer, http: ClientSession, path: str
) -> None:
    query = {"person": "minji", "chat": HUGE}
    async with http.get(f"{server.url}/playground/{path}", params=query) as response:
        assert response.status == 400


@pytest.mark.parametrize("after", [HUGE, f"-{HUGE}", "-5", "x", "²"])
@pytest.mark.usefixtures("minji")
async def test_events_after_any_number_begin_with_what_there_is(
    server: LocalTelegramServer, http: ClientSession, after: str
) -> None:
    url = f"{server.url}/playground/events"
    async with asyncio.timeout(60), http.get(url, params={"after": after}) as response:
        assert response.status == 200
        assert await response.content.readline() == b"id: 1\n"


@pytest.mark.parametrize("path", ["/page/%00", "/page/..%2f..%2fserver.py", "/page/x", "/bot/x"])
async def test_a_path_that_is_no_file_is_not_found(
    server: LocalTelegramServer, http: ClientSession, path: str
) -> None:
    async with http.get(server.url + path) as response:
        assert response.status in {403, 404}


@pytest.mark.parametrize("path", ["bot{token}/getMe", "playground/send"])
@pytest.mark.parametrize("content_type", ["application/json", MULTIPART, "text/plain"])
async def test_a_client_may_go_away_while_its_body_is_read(
    server: LocalTelegramServer, http: ClientSession, path: str, content_type: str
) -> None:
    port = int(server.url.rpartition(":")[2])
    _, writer = await asyncio.open_connection("127.0.0.1", port)
    target = path.format(token=server.telegram.token)
    writer.write(
        f"POST /{target} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: {content_type}\r\n"
        "Content-Length: 1000\r\nExpect: 100-continue\r\n\r\n--x\r\n".encode()
    )
    await writer.drain()
    async with http.get(f"{server.url}/playground/state") as response:
        assert response.status == 200  # the server has seen what was written before
    writer.close()
    await writer.wait_closed()
    async with http.get(f"{server.url}/playground/state") as response:
        assert response.status == 200
