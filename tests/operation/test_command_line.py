import re
from collections.abc import Callable
from pathlib import Path

import asyncpg
import pytest

from bot import __version__
from tests.operation.conftest import PASSWORD, TOKEN, Run
from tests.operation.program import SETTINGS, postgres_processes

pytestmark = pytest.mark.slow


async def test_help_says_what_the_program_does_and_what_can_be_set(run: Run) -> None:
    program = await run("--help")
    assert await program.status() == 0
    assert program.errors == []
    assert "playground" in program.printed
    assert {name for name in SETTINGS if f"  {name} " in program.printed} == SETTINGS
    assert max(map(len, program.output)) <= 100


async def test_the_version_is_told(run: Run) -> None:
    program = await run("--version")
    assert await program.status() == 0
    assert program.output == [f"fridge bot {__version__}"]


@pytest.mark.usefixtures("used_before")
async def test_a_backup_is_made_while_the_bot_runs_and_restored_when_it_is_stopped(
    run: Run, data_dir: Path, empty_database_url: str
) -> None:
    bot = await run()
    await bot.playground()
    backup = await run("backup", "fridge.zip")
    assert await backup.status() == 0, backup.printed
    (saved,) = backup.output
    place, _, content = saved.partition(": ")
    assert place == f"Saved {data_dir / 'playground'} in fridge.zip"
    assert re.fullmatch(r"[\d,]+ rows of \d+ tables, schema \d+", content)
    assert backup.errors == []

    refused = await run("restore", "--replace", "fridge.zip")
    assert await refused.status() == 2
    assert "A bot is connected to this database: stop it" in refused.printed
    await bot.stop()

    restored = await run("restore", "fridge.zip", DATABASE_URL=empty_database_url)
    assert await restored.status() == 0, restored.printed
    assert restored.output == [f"Restored fridge.zip in DATABASE_URL: {content}"]
    assert restored.errors == []
    connection = await asyncpg.connect(empty_database_url)
    await connection.execute("INSERT INTO waiting_updates VALUES (7, 1, '{}')")
    await connection.close()
    again = await run("restore", "fridge.zip", DATABASE_URL=empty_database_url)
    assert await again.status() == 2
    assert "add --replace" in again.printed
    assert postgres_processes(data_dir) == []


async def test_what_can_not_be_saved_or_restored_is_one_line(
    run: Run, password_server: Callable[[str, str], str]
) -> None:
    url = password_server(PASSWORD, "cellar")
    for arguments, reason in {
        ("backup", "fridge.zip"): "has none of the bot's tables",
        ("restore", f"{TOKEN}.zip"): "***.zip can't be used: No such file",
    }.items():
        program = await run(*arguments, DATABASE_URL=url, BOT_TOKEN=TOKEN)
        assert await program.status() == 2
        (line,) = program.errors
        assert line.startswith("fridge bot: ")
        assert reason in line
        assert TOKEN not in line
        assert program.output == []
