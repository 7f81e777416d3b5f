"""What an operator can do wrong is told in one line, with what is wrong and how to mend it."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import asyncpg
import pytest

from local_telegram.telegram import LocalTelegram
from tests.operation.conftest import PASSWORD, TOKEN, Run
from tests.operation.old_postgres import OldPostgres
from tests.operation.program import Program

pytestmark = pytest.mark.slow

OTHER_TOKEN = "1234567890:AAHnotTheTokenThatTelegramKnows_00000"
WEBHOOK = {
    "WEBHOOK_URL": "https://bot.example.org:9999/hook",
    "WEBHOOK_SECRET": "hush-hush-hush-hush-42",
}


@pytest.fixture(scope="module")
def database_url(new_database: Callable[[], str]) -> str:
    """One for all of these tests: in none does the program get as far as to change it."""
    return new_database()


AWAY = 1
WRONG_FOR_GOOD = 2
IMPATIENT = {"START_PATIENCE": "1s"}


async def complaint(program: Program, status: int = WRONG_FOR_GOOD) -> str:
    """The one line that the program printed before it gave up."""
    assert await program.status() == status, program.printed
    assert program.output == []
    assert len(program.errors) == 1, program.printed
    (line,) = program.errors
    assert line.startswith("fridge bot: ")
    assert program.printed_secrets() == []
    return line


async def complaint_after_waiting(program: Program) -> str:
    """The line that the program printed when its patience was over, after one that it waits."""
    assert await program.status() == AWAY, program.printed
    assert program.output == []
    waiting, line = program.errors
    assert "Waiting for up to 1 s: " in waiting
    assert line.startswith("fridge bot: ")
    assert waiting.endswith(line.removeprefix("fridge bot: "))
    return line


# Settings


@pytest.mark.parametrize(
    ("settings", "mending"),
    [
        ({"DATABASE_URL": "mysql://cook:pa55word@localhost/fridge"}, "must start with postgresql"),
        ({"LISTEN": "8080"}, "for example 127.0.0.1:8080"),
        ({"SESSION_TTL": "24"}, "for example 45s, 90m or 24h"),
        (
            {"BOT_TOKEN": TOKEN, "WEBHOOK_URL": "https://bot.example.org/hook"},
            "WEBHOOK_SECRET is required with WEBHOOK_URL: set it to what `openssl rand",
        ),
        (
            {"DATABASE_URL": "postgresql://cook:pa55word@localhost/fridge", "BOT_TOKN": TOKEN},
            "did you mean BOT_TOKEN?",
        ),
        (
            {"DATABASE_URL": "postgresql://cook:pa55word@localhost/fridge"},
            "set BOT_TOKEN to go live, or PLAYGROUND=on",
        ),
    ],
    ids=["database", "address", "duration", "webhook", "name", "token"],
)
async def test_a_malformed_setting_is_named(
    run: Run, settings: dict[str, str], mending: str
) -> None:
    line = await complaint(await run(**settings))
    assert [*settings][-1] in line
    assert mending in line
    assert "pa55word" not in line


async def test_a_mistake_in_the_file_is_told_as_one_in_the_environment(
    run: Run, working_directory: Path
) -> None:
    (working_directory / ".env").write_text("BOT_TOKEN=secret-but-no-token\n")
    line = await complaint(await run())
    assert "BOT_TOKEN is not a bot token: copy it whole from @BotFather" in line
    assert "secret-but-no-token" not in line


# Telegram


async def test_a_token_that_telegram_does_not_know(run: Run, live: dict[str, str]) -> None:
    line = await complaint(await run(**live | {"BOT_TOKEN": OTHER_TOKEN}))
    assert "BOT_TOKEN" in line
    assert "@BotFather" in line


async def test_an_unknown_token_in_the_file_is_not_even_logged(
    run: Run, live: dict[str, str], working_directory: Path
) -> None:
    del live["BOT_TOKEN"]
    env_file = working_directory / ".env"
    env_file.write_text(f"BOT_TOKEN={OTHER_TOKEN}\nLOG_LEVEL=debug\n")
    env_file.chmod(0o644)
    program = await run(**live)
    assert await program.status() == WRONG_FOR_GOOD
    assert " DEBUG " in program.printed
    assert "WARNING fridge: .env can be read or changed by other users" in program.printed
    assert program.errors[-1].startswith("fridge bot: Telegram does not know this BOT_TOKEN")
    assert "Traceback" not in program.printed
    assert OTHER_TOKEN.partition(":")[2] not in program.printed


async def test_a_telegram_that_can_not_be_reached(
    run: Run, database_url: str, unused_tcp_port: int
) -> None:
    api_url = f"http://127.0.0.1:{unused_tcp_port}"
    settings = {"TELEGRAM_API_URL": api_url, "DATABASE_URL": database_url}
    line = await complaint_after_waiting(await run(BOT_TOKEN=TOKEN, **settings, **IMPATIENT))
    assert api_url in line
    assert "check the network, and TELEGRAM_API_URL" in line


async def test_a_webhook_that_telegram_refuses(
    run: Run, live: dict[str, str], telegram: LocalTelegram
) -> None:
    telegram.faults.add(
        method="setWebhook",
        status=400,
        description="Bad Request: bad webhook: Webhook can be set up only on ports 80, 88, 443 or "
        "8443",
    )
    line = await complaint(await run(**live, **WEBHOOK))
    assert "WEBHOOK_URL" in line
    assert "only on ports 80, 88, 443 or 8443" in line


async def test_a_token_that_is_revoked_meanwhile(
    run: Run, live: dict[str, str], telegram: LocalTelegram
) -> None:
    telegram.faults.add(method="getUpdates", status=401)
    program = await run(**live)
    assert await program.status() == WRONG_FOR_GOOD
    assert "Traceback" not in program.printed
    assert program.errors[-1].startswith("fridge bot: ")
    assert "BOT_TOKEN" in program.errors[-1]


# The database


@asynccontextmanager
async def connected(url: str) -> AsyncGenerator[asyncpg.Connection]:
    connection = await asyncpg.connect(url)
    try:
        yield connection
    finally:
        await connection.close()


async def test_a_database_that_is_down(run: Run, unused_tcp_port: int) -> None:
    url = f"postgresql://cook:pa55word@127.0.0.1:{unused_tcp_port}/fridge"
    settings = {"PLAYGROUND": "on", "DATABASE_URL": url}
    line = await complaint_after_waiting(await run(**settings, **IMPATIENT))
    assert "DATABASE_URL" in line
    assert str(unused_tcp_port) in line
    assert "check that it runs" in line


@pytest.mark.parametrize(
    ("password", "database", "cause"),
    [
        ("wröng p@ss", "kitchen", 'password authentication failed for user "cook"'),
        (PASSWORD, "attic", 'database "attic" does not exist'),
    ],
    ids=["password", "name"],
)
async def test_a_database_that_lets_nobody_in(
    run: Run,
    password_server: Callable[[str, str], str],
    password: str,
    database: str,
    cause: str,
) -> None:
    line = await complaint(
        await run(PLAYGROUND="on", DATABASE_URL=password_server(password, database))
    )
    assert "DATABASE_URL" in line
    assert cause in line
    assert "user, password and database name" in line


async def test_a_database_in_which_the_user_may_make_no_tables(
    run: Run, password_server: Callable[[str, str], str]
) -> None:
    line = await complaint(
        await run(PLAYGROUND="on", DATABASE_URL=password_server(PASSWORD, "pantry"))
    )
    assert "DATABASE_URL" in line
    assert "permission denied for schema public" in line


async def test_a_postgresql_that_is_too_old(run: Run, database_url: str) -> None:
    connection = await asyncpg.connect(database_url)
    number: str = await connection.fetchval("SHOW server_version_num")
    await connection.close()
    async with OldPostgres(database_url, number.encode(), b"140005").running() as old_url:
        line = await complaint(await run(PLAYGROUND="on", DATABASE_URL=old_url))
    assert "The database is PostgreSQL 14" in line
    assert "15 or newer" in line


async def test_a_schema_that_a_newer_version_migrated(
    run: Run, new_database: Callable[[], str]
) -> None:
    database_url = await asyncio.to_thread(new_database)
    connection = await asyncpg.connect(database_url)
    await connection.execute("UPDATE alembic_version SET version_num = '9999'")
    await connection.close()
    line = await complaint(await run(PLAYGROUND="on", DATABASE_URL=database_url))
    assert "migrated by a newer version" in line
    assert "Start that version" in line


async def test_a_database_of_another_bot_is_left_as_it_is_until_it_is_adopted(
    run: Run, live: dict[str, str], telegram: LocalTelegram, new_database: Callable[[], str]
) -> None:
    live["DATABASE_URL"] = await asyncio.to_thread(new_database)
    async with connected(live["DATABASE_URL"]) as connection:
        await connection.execute("INSERT INTO database_owner VALUES (true, '42')")
        await connection.execute("INSERT INTO waiting_updates VALUES (7, 1, '{}')")

        line = await complaint(await run(**live))
        assert "belongs to bot 42, and BOT_TOKEN is of bot 1234567890" in line
        assert "set DATABASE_URL (or without one, DATA_DIR) to another" in line
        assert "`run_bot.py adopt`" in line
        assert await connection.fetchval("SELECT count(*) FROM waiting_updates") == 1
        assert telegram.calls == []

        playground = {"PLAYGROUND": "on", "DATABASE_URL": live["DATABASE_URL"]}
        line = await complaint(await run(**playground))
        assert "belongs to bot 42: set DATABASE_URL" in line

        adopting = await run("adopt", **live)
        assert await adopting.status() == 0
        assert adopting.output == [
            "The database belongs to bot 1234567890 now, and no longer to bot 42"
        ]
    program = await run(**live)
    await program.live()
    await program.stop()


async def test_a_data_dir_of_another_major_version(run: Run, playground_dir: Path) -> None:
    (playground_dir / "postgresql").mkdir(parents=True)
    (playground_dir / "postgresql" / "PG_VERSION").write_text("17\n")
    line = await complaint(await run())
    assert "made by PostgreSQL 17" in line
    assert "save the data with the version of the bot that made it and `run_bot.py backup" in line


async def test_a_file_in_the_way_of_data_dir(run: Run, data_dir: Path) -> None:
    await asyncio.to_thread(data_dir.write_text, "in the way")
    folder = data_dir / "fridge"
    line = await complaint(await run(DATA_DIR=str(folder)))
    assert f"The folder for the database, {folder / 'playground'}, can't be used: " in line
    assert "DATA_DIR=" not in line
    assert "elsewhere by setting DATA_DIR" in line
    assert "this user may write to" in line


# The address


async def test_an_address_that_the_playground_can_not_have(
    run: Run, data_dir: Path, taken_address: str
) -> None:
    program = await run(LISTEN=taken_address)
    line = await complaint(program, AWAY)
    assert f"LISTEN={taken_address} can't be used" in line
    assert "stop the program that has it" in line
    assert not await asyncio.to_thread(data_dir.exists)


async def test_an_address_that_the_webhook_can_not_have(
    run: Run, live: dict[str, str], taken_address: str
) -> None:
    line = await complaint(await run(**live, **WEBHOOK, LISTEN=taken_address), AWAY)
    assert f"LISTEN={taken_address} can't be used" in line
    assert "set LISTEN to another host:port" in line


async def test_a_playground_for_the_whole_network_is_refused(
    run: Run, new_database: Callable[[], str]
) -> None:
    database_url = await asyncio.to_thread(new_database)
    program = await run(PLAYGROUND="on", DATABASE_URL=database_url, LISTEN="0.0.0.0:0")
    line = await complaint(program)
    assert "can't listen on 0.0.0.0" in line
    assert "set LISTEN to 127.0.0.1:8080, or BOT_TOKEN" in line
