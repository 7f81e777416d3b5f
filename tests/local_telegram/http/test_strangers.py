"""The server is there for programs of this machine and for its own pages, for nobody else."""

import pytest
from aiohttp import ClientSession

from local_telegram.server import LocalTelegramServer
from local_telegram.telegram import LocalTelegram
from tests.local_telegram.conftest import CallServer

ROUTES = [
    "/",
    "/page/chat.js",
    "/playground/state",
    "/playground/nothing",
    "/playground/file?id=local-document-1",
    "/file/bot{token}/documents/file_1.csv",
    "/bot{token}/getMe",
    "/bot{token}/setWebhook?url=http://127.0.0.1:1/",
    "/bot{token}/sendMessage?chat_id=1001&text=hello",
]


def address(server: LocalTelegramServer, route: str) -> str:
    return server.url + route.format(token=server.telegram.token)


@pytest.mark.parametrize("route", ROUTES)
@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://example.com"},
        {"Origin": "http://127.0.0.1:3000"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "image"},
        {"Sec-Fetch-Site": "same-site", "Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "image"},
        {"Host": "example.com"},
        {"Host": "127.0.0.1.example.com:8080"},
        {"Host": "10.0.0.1:8080"},
        {"Host": "[::1"},
        {"Host": "localhost@example.com"},
        {"Host": ""},
    ],
    ids=str,
)
@pytest.mark.usefixtures("minji")
async def test_pages_from_elsewhere_are_refused(
    telegram: LocalTelegram,
    server: LocalTelegramServer,
    http: ClientSession,
    route: str,
    headers: dict[str, str],
) -> None:
    async with http.get(address(server, route), headers=headers) as response:
        assert response.status == 403
        assert "error" in await response.json()
    assert telegram.calls == []


@pytest.mark.parametrize("route", ["/", "/page/chat.js", "/playground/state", "/bot{token}/getMe"])
@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": "{url}"},
        {"Sec-Fetch-Site": "same-origin"},
        {"Sec-Fetch-Site": "none", "Sec-Fetch-Mode": "navigate"},
        {"Host": "localhost"},
        {"Host": "LocalHost:8080"},
        {"Host": "127.0.0.2:8080"},
        {"Host": "127.255.255.254"},
        {"Host": "[::1]:8080"},
        {"Host": "localhost:8080", "Origin": "http://localhost:8080"},
    ],
    ids=str,
)
async def test_programs_of_this_machine_and_its_own_pages_are_welcome(
    server: LocalTelegramServer, http: ClientSession, route: str, headers: dict[str, str]
) -> None:
    sent = {name: value.format(url=server.url) for name, value in headers.items()}
    async with http.get(address(server, route), headers=sent) as response:
        assert response.status == 200


async def test_the_playground_may_listen_on_any_loopback_address(
    telegram: LocalTelegram, http: ClientSession
) -> None:
    server = LocalTelegramServer(telegram)
    await server.start("127.0.0.2")
    try:
        async with http.get(f"{server.url}/", headers={"Origin": server.url}) as response:
            assert response.status == 200
    finally:
        await server.stop()


@pytest.mark.parametrize("host", ["127.0.0.2", "localhost", "[::1]"])
async def test_a_webhook_may_be_on_any_loopback_address(call: CallServer, host: str) -> None:
    assert (await call("setWebhook", url=f"http://{host}:1/"))["ok"]


async def test_a_link_on_another_page_opens_the_chat_page(
    server: LocalTelegramServer, http: ClientSession
) -> None:
    clicked = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}

    async with http.get(f"{server.url}/", headers=clicked) as page:
        assert page.status == 200
    async with http.get(f"{server.url}/playground/state", headers=clicked) as state:
        assert state.status == 403
