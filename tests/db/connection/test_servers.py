"""Which of several servers the program talks to. What happens to them, happens on proxies."""

from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Final
from urllib.parse import urlsplit
from uuid import uuid4

import asyncpg
import pytest
from sqlalchemy import text

from db.connection.database import Engine
from db.connection.errors import DatabaseUnavailable
from db.connection.servers import Server, Servers, split
from tests.db.several_servers import starting_up, url_of
from tests.waiting import wait_until
from tools.chaos.faults.postgres import PostgresFaultProxy

BRIEF_SECONDS: Final = 0.4


@pytest.mark.parametrize(
    ("dsn", "servers"),
    [
        ("postgresql:///fridge", [("postgresql:///fridge", "localhost")]),
        ("postgresql://u:p@one/db", [("postgresql://u:p@one/db", "one")]),
        (
            "postgresql://u:p%40@one:5433,[::1]:5434,two/db?sslmode=require",
            [
                ("postgresql://u:p%40@one:5433/db?sslmode=require", "one:5433"),
                ("postgresql://u:p%40@[::1]:5434/db?sslmode=require", "[::1]:5434"),
                ("postgresql://u:p%40@two/db?sslmode=require", "two"),
            ],
        ),
        (
            "postgresql://%2Frun%2Fone,%2Frun%2Ftwo/db",
            [
                ("postgresql://%2Frun%2Fone/db", "/run/one"),
                ("postgresql://%2Frun%2Ftwo/db", "/run/two"),
            ],
        ),
        (
            "postgresql://u@/db?host=/run/one,two&port=5433,5434&sslmode=prefer",
            [
                ("postgresql://u@/db?host=%2Frun%2Fone&port=5433&sslmode=prefer", "/run/one"),
                ("postgresql://u@/db?host=two&port=5434&sslmode=prefer", "two"),
            ],
        ),
        (
            "postgresql:///db?host=one,two&port=5433",
            [
                ("postgresql:///db?host=one&port=5433", "one"),
                ("postgresql:///db?host=two&port=5433", "two"),
            ],
        ),
        (
            "postgresql:///db?host=one,two",
            [
                ("postgresql:///db?host=one&port=5432", "one"),
                ("postgresql:///db?host=two&port=5432", "two"),
            ],
        ),
    ],
)
def test_a_url_is_divided_into_one_for_each_host(dsn: str, servers: list[tuple[str, str]]) -> None:
    assert split(dsn) == [Server(*server) for server in servers]


def test_a_url_whose_hosts_and_ports_do_not_match_is_left_to_the_driver_to_refuse() -> None:
    dsn = "postgresql:///db?host=one,two,three&port=5433,5434"
    assert [server.url for server in split(dsn)] == [dsn]


@pytest.fixture
async def proxies(database_url: str) -> AsyncIterator[list[PostgresFaultProxy]]:
    """Two ways to the server of the tests, which pass for two servers."""
    async with AsyncExitStack() as stack:
        yield [await stack.enter_async_context(PostgresFaultProxy(database_url)) for _ in range(2)]


@pytest.fixture
def servers(proxies: list[PostgresFaultProxy]) -> Servers:
    return Servers(url_of(proxies, "postgres:hush"))


@asynccontextmanager
async def connected(servers: Servers) -> AsyncGenerator[None]:
    """A connection, which works."""
    connection = await servers.connect(None)
    try:
        assert await connection.fetchval("SELECT 1") == 1
        yield
    finally:
        await connection.close()


async def test_the_first_server_that_can_be_reached_is_used(
    servers: Servers, proxies: list[PostgresFaultProxy]
) -> None:
    first, second = proxies
    first.refuse()

    async with connected(servers):
        assert second.connection_count == 1


async def test_a_server_that_is_silent_leaves_time_for_the_next_one(
    servers: Servers, proxies: list[PostgresFaultProxy], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("db.connection.servers.CONNECT_TIMEOUT_SECONDS", BRIEF_SECONDS)
    first, second = proxies
    first.black_hole()

    async with connected(servers):
        assert second.connection_count == 1


async def test_a_server_is_given_as_long_as_the_url_says(
    proxies: list[PostgresFaultProxy], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("db.connection.servers.CONNECT_TIMEOUT_SECONDS", 3600)
    first, second = proxies
    first.black_hole()

    async with connected(Servers(f"{url_of(proxies, 'postgres:hush')}&connect_timeout=1")):
        assert second.connection_count == 1


async def test_a_pooler_whose_server_is_gone_is_passed_over(
    servers: Servers, proxies: list[PostgresFaultProxy]
) -> None:
    first, second = proxies
    greeted = first.cut_answers(containing=b"transaction_read_only")

    async with connected(servers):
        assert second.connection_count == 1
    assert greeted.happened == 1


async def test_a_server_that_is_starting_up_is_passed_over(
    proxies: list[PostgresFaultProxy],
) -> None:
    url = url_of(proxies)
    async with starting_up() as port:
        one_starts = url.replace(f"127.0.0.1:{proxies[0].port}", f"127.0.0.1:{port}")
        async with connected(Servers(one_starts)):
            assert proxies[1].connection_count == 1


async def test_a_server_that_is_back_is_not_used_while_the_one_in_its_place_works(
    servers: Servers, proxies: list[PostgresFaultProxy]
) -> None:
    first, second = proxies
    first.refuse()
    async with connected(servers):
        pass
    await first.heal()

    async with connected(servers):
        assert first.connection_count == 0
    second.refuse()
    async with connected(servers):
        assert first.connection_count == 1


async def test_of_servers_that_cannot_be_reached_each_is_named_without_the_password(
    servers: Servers, proxies: list[PostgresFaultProxy]
) -> None:
    for proxy in proxies:
        proxy.refuse()

    with pytest.raises(DatabaseUnavailable) as refusal:
        await servers.connect(None)

    line = str(refusal.value)
    assert "\n" not in line
    assert "hush" not in line
    assert all(f"127.0.0.1:{proxy.port}: " in line for proxy in proxies)


@pytest.fixture
def reader_url(database_url: str, run_on_server: Callable[[str], None]) -> Iterator[str]:
    """The URL of a server that is as good as a standby: whoever logs in so can only read."""
    name = f"reader_{uuid4().hex}"
    run_on_server(f"CREATE ROLE {name} LOGIN")
    run_on_server(f"ALTER ROLE {name} SET default_transaction_read_only = on")
    yield database_url.replace("//postgres@", f"//{name}@")
    run_on_server(f"DROP ROLE {name}")


@pytest.mark.parametrize("attributes", ["", "any"])
async def test_a_server_that_only_reads_is_not_used_whatever_the_url_says(
    reader_url: str, engine: Engine, attributes: str
) -> None:
    separator = "&" if "?" in reader_url else "?"
    asked = f"{separator}target_session_attrs={attributes}" if attributes else ""

    with pytest.raises(DatabaseUnavailable, match="only reads, as a standby does"):
        await Servers(reader_url + asked).connect(None)

    async def no_connection_is_left() -> bool:
        connections = text("SELECT count(*) FROM pg_stat_activity WHERE usename = :name")
        [found] = await engine.fetch(connections, {"name": urlsplit(reader_url).username})
        return bool(found["count"] == 0)

    await wait_until(no_connection_is_left)


async def test_a_server_that_refuses_a_login_is_no_reason_to_ask_another(
    proxies: list[PostgresFaultProxy],
) -> None:
    strangers = Servers(url_of(proxies, "nobody"))

    with pytest.raises(asyncpg.InvalidAuthorizationSpecificationError):
        await strangers.connect(None)

    assert proxies[1].connection_count == 0
