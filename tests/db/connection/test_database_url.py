"""What the parameters of libpq do in a database URL."""

from collections.abc import Callable
from typing import Final
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

import pytest

from db.connection.database import check, create_engine
from db.connection.database_url import APPLICATION_NAME, read_database_url
from db.connection.errors import DatabaseUnavailable
from db.connection.servers import Servers
from tests.db.database_urls import HANDED_OUT

ANY_FILE: Final = quote(__file__)

# https://www.postgresql.org/docs/18/libpq-connect.html#LIBPQ-PARAMKEYWORDS, in libpq's order, but
# for what says where the server is, and who logs in.
TAKEN: Final = (
    "channel_binding=disable", "channel_binding=prefer", "channel_binding=require",
    "connect_timeout=5", "connect_timeout=0", "client_encoding=auto", "client_encoding=SQL_ASCII",
    "options=-c%20work_mem%3D8MB", "application_name=fridge", "fallback_application_name=fridge",
    "keepalives=1", "keepalives_idle=30", "keepalives_interval=10", "keepalives_count=3",
    "tcp_user_timeout=1000", "sslmode=disable", "sslmode=allow", "sslmode=prefer",
    "sslnegotiation=postgres", "sslcompression=0", "sslcertmode=allow", "sslpassword=x",
    f"sslrootcert={ANY_FILE}&sslmode=prefer", f"sslcrl={ANY_FILE}&sslmode=prefer", "sslsni=1",
    "min_protocol_version=3.0", "max_protocol_version=3.2", "ssl_min_protocol_version=TLSv1.3",
    "ssl_max_protocol_version=TLSv1.3", "gssencmode=disable", "gssencmode=prefer",
    "krbsrvname=postgres", "gsslib=gssapi", "gssdelegation=0", "replication=false",
    "target_session_attrs=read-write", "target_session_attrs=prefer-standby",
    "load_balance_hosts=random", "passfile=/nowhere", "service=nothing", "search_path=public",
)  # fmt: skip
REFUSED: Final = (
    "hostaddr=127.0.0.1", "connect_timeout=soon", "sslcert=/nowhere", "sslkey=/nowhere",
    "sslrootcert=/nowhere", "sslcrl=/nowhere", "sslcertmode=require", "sslcrldir=/nowhere",
    "sslsni=0", "sslmode=no-verify", "sslnegotiation=often", "requirepeer=postgres",
    "require_auth=scram-sha-256", "min_protocol_version=3.2", "gssencmode=require",
    "gssdelegation=1", "replication=database", "scram_client_key=hush", "scram_server_key=hush",
    "oauth_issuer=hush", "oauth_client_id=hush", "oauth_client_secret=hush", "oauth_scope=hush",
    "sslkeylogfile=/nowhere", "ssl=no-verify", "sslrootcert=system&sslmode=require",
    f"sslcert={ANY_FILE}&sslrootcert=system", "no_such_setting=hush", "work_mem=much",
    "max_connections=7",
)  # fmt: skip


@pytest.fixture(scope="module")
def database_url(new_database: Callable[[], str]) -> str:
    """One for all of these tests: none writes."""
    return new_database()


def asking(database_url: str, query: str) -> str:
    """The URL of the tests' server with more parameters."""
    if not query:
        return database_url
    return f"{database_url}{'&' if urlsplit(database_url).query else '?'}{query}"


@pytest.mark.parametrize("url", HANDED_OUT.values(), ids=HANDED_OUT.keys())
async def test_a_url_leads_to_the_server_as_a_provider_hands_it_out(
    database_url: str, url: str
) -> None:
    # The tests' server has no TLS, and is no endpoint.
    asked = {
        name: value
        for name, value in parse_qsl(urlsplit(url).query)
        if not name.startswith("ssl") and not value.startswith("endpoint=")
    }

    connection = await Servers(asking(database_url, urlencode(asked))).connect(None)

    name = await connection.fetchval("SHOW application_name")
    assert name == asked.get("application_name", APPLICATION_NAME)
    await connection.close()
    assert read_database_url(url).url.startswith(url.partition("?")[0])


async def test_every_parameter_of_libpq_is_taken_or_refused_in_a_line_that_names_it(
    database_url: str,
) -> None:
    lines: dict[str, str] = {}
    for query in (*TAKEN, *REFUSED):
        try:
            engine = create_engine(asking(database_url, query))
            await check(engine)
            await engine.dispose()
        except DatabaseUnavailable as error:
            lines[query] = str(error)

    assert {query: line for query, line in lines.items() if query in TAKEN} == {}
    assert lines.keys() == set(REFUSED)
    for query, line in lines.items():
        assert query.partition("=")[0] in line
        assert "DATABASE_URL" in line
        assert "\n" not in line
        assert "hush" not in line


async def test_what_the_server_is_asked_for_is_what_it_gets(database_url: str) -> None:
    query = "options=-c%20work_mem%3D8MB&fallback_application_name=fridge&search_path=pg_catalog"
    connection = await Servers(asking(database_url, query)).connect(None)

    shown = [
        await connection.fetchval(f"SHOW {name}")
        for name in ("work_mem", "application_name", "search_path", "client_encoding")
    ]

    assert shown == ["8MB", "fridge", "pg_catalog", "UTF8"]
    await connection.close()


@pytest.mark.parametrize("query", ["channel_binding=require", "channel_binding=require&ssl=true"])
def test_a_password_that_is_not_bound_to_its_channel_is_told_of(query: str) -> None:
    remark = read_database_url(f"postgresql://u:hush@h/db?{query}").remark

    assert "sslmode=verify-full" in remark
    assert "hush" not in remark


@pytest.mark.parametrize(
    "query",
    [
        "",
        "channel_binding=prefer&sslmode=require",
        "channel_binding=require&sslmode=verify-full",
        "channel_binding=require&sslrootcert=system",
    ],
)
def test_nothing_is_told_where_the_server_is_checked_or_nobody_wants_a_binding(query: str) -> None:
    assert not read_database_url(f"postgresql://u:hush@h/db?{query}").remark


def test_the_authorities_of_the_system_are_asked_only_where_the_url_says_so() -> None:
    asked = read_database_url("postgresql://u@h/db?sslmode=verify-full&sslrootcert=system")

    assert asked.tls is not None
    assert asked.tls.check_hostname
    assert asked.url == "postgresql://u@h/db"
    assert read_database_url("postgresql://u@h/db?ssl=true").url == (
        "postgresql://u@h/db?sslmode=require"
    )
