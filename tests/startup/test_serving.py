import asyncio
import errno
import os
import socket
from collections.abc import AsyncIterator, Sequence
from typing import Final

import pytest
from aiohttp import ClientConnectionError, ClientSession, web

from startup.errors import AWAY, WRONG, StartError
from startup.serving import reserve, serve
from startup.settings.addresses import Address

AF_UNKNOWN: Final = 63


@pytest.fixture
async def session() -> AsyncIterator[ClientSession]:
    async with ClientSession() as session:
        yield session


@pytest.fixture
def address(unused_tcp_port: int) -> Address:
    return Address("127.0.0.1", unused_tcp_port)


async def answer(_request: web.BaseRequest) -> web.Response:
    return web.Response(text="here")


async def test_a_reserved_address_is_nobody_elses_and_lets_nobody_in_before_it_serves(
    address: Address, session: ClientSession
) -> None:
    url = f"http://{address.host}:{address.port}/"
    async with reserve(address) as sockets:
        with pytest.raises(OSError, match=os.strerror(errno.EADDRINUSE)):
            socket.create_server(address)
        with pytest.raises(ClientConnectionError):
            await session.get(url)

        async with serve(web.Server(answer), sockets, address), session.get(url) as response:
            assert await response.text() == "here"


async def test_connections_of_a_program_that_has_ended_do_not_keep_the_address(
    address: Address,
) -> None:
    for _ in range(2):
        async with reserve(address) as sockets, serve(web.Server(answer), sockets, address):
            reader, writer = await asyncio.open_connection(*address)
            writer.write(b"GET / HTTP/1.1\r\nHost: kitchen\r\n\r\n")
            assert await reader.readuntil(b"here")
        # The server has closed first: its end of the connection stays for a minute.
        assert await reader.read() == b""
        writer.close()


@pytest.mark.parametrize(
    ("host", "status"), [("127.0.0.1", AWAY), ("192.0.2.1", WRONG)], ids=["taken", "not ours"]
)
async def test_an_address_that_can_not_be_had_is_a_line(host: str, status: int) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = Address(host, taken.getsockname()[1])
        with pytest.raises(StartError, match=f"LISTEN={host}:{address.port} can't be us") as error:
            async with reserve(address):
                pass
    assert error.value.exit_status == status


@pytest.mark.parametrize(
    ("family", "host"),
    [(socket.AF_INET6, "2001:db8::1"), (AF_UNKNOWN, "::1")],
    ids=["no address of it", "no such family"],
)
async def test_an_address_of_a_family_that_the_machine_does_not_have_is_left_out(
    address: Address, monkeypatch: pytest.MonkeyPatch, family: int, host: str
) -> None:
    async def both(*_: object, **__: object) -> Sequence[tuple[object, ...]]:
        """What localhost is."""
        ends = (family, (host, address.port, 0, 0)), (socket.AF_INET, tuple(address))
        return [(family, socket.SOCK_STREAM, 0, "", end) for family, end in ends]

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", both)

    async with reserve(address) as sockets:
        assert [bound.getsockname() for bound in sockets] == [tuple(address)]
