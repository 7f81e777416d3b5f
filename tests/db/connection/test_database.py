import ssl
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import pytest

from db.connection.database import check, create_engine, explained
from db.connection.errors import DatabaseAway, DatabaseUnavailable, DatabaseUnreachable
from db.schema.migrate import migrate
from fridge.catalogue.catalogue import Catalogue
from tests.db.wire import ForgetfulProxy, NarrowPooler


async def test_a_database_that_answers_is_fine(database_url: str) -> None:
    engine = create_engine(database_url)

    await check(engine)
    await engine.dispose()


async def test_a_pooler_that_loses_prepared_statements_is_one_line(database_url: str) -> None:
    async with ForgetfulProxy(database_url).running() as url:
        engine = create_engine(url)

        with pytest.raises(DatabaseUnavailable, match="pooler that loses prepared statements"):
            await check(engine)

        await engine.dispose()


async def test_a_pooler_with_one_server_connection_is_fine(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("db.connection.database.POOLER_SECONDS", 0.1)
    async with NarrowPooler(database_url).running() as url:
        engine = create_engine(url)

        await check(engine)

        await engine.dispose()


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("postgresql://user:secret@127.0.0.1:1/db", "Connect call failed"),
        ("postgresql://user:secret@127.0.0.1:1,127.0.0.1:2/db", "Connect call failed"),
        ("postgresql://user:secret@no-such-host.invalid/db", "can't be used"),
    ],
)
async def test_a_database_that_is_not_there_is_one_line_without_the_password(
    url: str, reason: str
) -> None:
    engine = create_engine(url)

    with pytest.raises(DatabaseUnavailable) as refusal:
        await check(engine)

    line = str(refusal.value)
    assert reason in line
    assert "\n" not in line
    assert "secret" not in line


async def test_a_url_that_asyncpg_cannot_read_is_one_line() -> None:
    engine = create_engine("postgresql:///db?host=h&port=abc")

    with pytest.raises(DatabaseUnavailable, match="DATABASE_URL can't be read"):
        await check(engine)


async def test_a_database_of_another_name_is_one_line(postgres_url: str) -> None:
    engine = create_engine(urlunsplit(urlsplit(postgres_url)._replace(path="/nowhere")))

    with pytest.raises(DatabaseUnavailable, match='database "nowhere" does not exist'):
        await check(engine)


@pytest.mark.parametrize(
    ("error", "may_come_back"),
    [
        (ConnectionRefusedError(111, "Connection refused"), True),
        (DatabaseAway("too many connections"), True),
        (PermissionError(13, "Permission denied"), False),
        (ssl.SSLCertVerificationError(1, "certificate verify failed"), False),
    ],
    ids=repr,
)
def test_a_start_waits_for_what_passes_and_for_nothing_else(
    error: Exception, *, may_come_back: bool
) -> None:
    with pytest.raises(DatabaseUnavailable) as refusal, explained():
        raise error

    assert isinstance(refusal.value, DatabaseUnreachable) == may_come_back


@pytest.fixture
def visitor(run_on_server: Callable[[str], None]) -> Iterator[str]:
    """A user of the server who owns nothing on it."""
    name = f"visitor_{uuid4().hex}"
    run_on_server(f"CREATE ROLE {name} LOGIN")
    yield name
    run_on_server(f"DROP ROLE {name}")


async def test_a_user_who_may_not_create_tables_is_one_line(
    empty_database_url: str, visitor: str, catalogue: Catalogue
) -> None:
    engine = create_engine(empty_database_url.replace("//postgres@", f"//{visitor}@"))

    with pytest.raises(DatabaseUnavailable, match="permission denied for schema public"):
        await migrate(engine, catalogue)

    await engine.dispose()
