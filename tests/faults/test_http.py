import asyncio
from collections.abc import AsyncIterator

import pytest
from aiohttp import ClientError, ClientPayloadError, ClientSession, ClientTimeout, web

from tools.chaos.faults.proxy import HOST, HttpFaultProxy

ANSWER = "done" * 100


class Kitchen:
    """An HTTP server that remembers what was ordered."""

    def __init__(self) -> None:
        self.orders: list[str] = []
        self.url = ""

    async def take(self, request: web.Request) -> web.Response:
        self.orders.append(await request.text())
        return web.Response(text=ANSWER)


@pytest.fixture
async def kitchen() -> AsyncIterator[Kitchen]:
    kitchen = Kitchen()
    application = web.Application()
    application.add_routes([web.post("/{room}", kitchen.take)])
    runner = web.AppRunner(application)
    await runner.setup()
    await web.TCPSite(runner, HOST, 0).start()
    kitchen.url = f"http://{HOST}:{runner.addresses[0][1]}"
    yield kitchen
    await runner.cleanup()


@pytest.fixture
async def proxy(kitchen: Kitchen) -> AsyncIterator[HttpFaultProxy]:
    async with HttpFaultProxy(kitchen.url) as proxy:
        yield proxy


@pytest.fixture
async def http() -> AsyncIterator[ClientSession]:
    async with ClientSession(timeout=ClientTimeout(total=5)) as http:
        yield http


async def order(http: ClientSession, proxy: HttpFaultProxy, what: str, room: str = "bar") -> str:
    async with http.post(f"{proxy.url}/{room}", data=what) as response:
        return await response.text()


async def test_requests_on_one_connection_pass(
    proxy: HttpFaultProxy, kitchen: Kitchen, http: ClientSession
) -> None:
    long = "milk" * 100_000
    assert await order(http, proxy, "eggs") == ANSWER
    assert await order(http, proxy, long) == ANSWER
    assert kitchen.orders == ["eggs", long]
    assert proxy.connection_count == 1


async def test_a_request_is_carried_out_before_its_answer_is_cut(
    proxy: HttpFaultProxy, kitchen: Kitchen, http: ClientSession
) -> None:
    cut = proxy.cut_answers(containing=b"POST /cellar")
    assert await order(http, proxy, "milk") == ANSWER
    with pytest.raises(ClientError):
        await order(http, proxy, "wine", room="cellar")
    assert await order(http, proxy, "eggs", room="cellar") == ANSWER
    assert kitchen.orders == ["milk", "wine", "eggs"]
    assert cut.happened == 1


async def test_an_answer_is_cut_in_the_middle_of_its_body(
    proxy: HttpFaultProxy, http: ClientSession
) -> None:
    proxy.cut_answers(after=len(ANSWER))  # with the headers, that is not all
    with pytest.raises(ClientPayloadError):
        await order(http, proxy, "milk")
    assert await order(http, proxy, "milk") == ANSWER


async def test_a_reset_is_an_error_and_the_next_request_is_answered(
    proxy: HttpFaultProxy, kitchen: Kitchen, http: ClientSession
) -> None:
    proxy.black_hole()
    ordering = asyncio.create_task(order(http, proxy, "milk"))
    while proxy.connection_count == 0:  # noqa: ASYNC110 (nothing tells of a connection)
        await asyncio.sleep(0)
    proxy.reset()
    with pytest.raises(ClientError):
        await ordering
    await proxy.heal()
    assert await order(http, proxy, "eggs") == ANSWER
    assert kitchen.orders == ["eggs"]


async def test_a_black_hole_runs_into_the_time_out_of_the_client(
    proxy: HttpFaultProxy, http: ClientSession
) -> None:
    proxy.black_hole()
    with pytest.raises(TimeoutError):
        await http.post(proxy.url, timeout=ClientTimeout(total=0.1))


async def test_a_half_closed_connection_is_an_error(
    proxy: HttpFaultProxy, http: ClientSession
) -> None:
    proxy.half_close(next_connections=1)
    with pytest.raises(ClientError):
        await order(http, proxy, "milk")
    assert await order(http, proxy, "milk") == ANSWER


async def test_a_refused_connection_is_an_error(proxy: HttpFaultProxy, http: ClientSession) -> None:
    proxy.refuse()
    with pytest.raises(ClientError):
        await order(http, proxy, "milk")
