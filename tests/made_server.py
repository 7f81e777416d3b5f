"""An embedded server that was made once, to be copied: to make one takes over a second."""

import asyncio
import fcntl
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Final

import asyncpg

from db.connection.embedded import EmbeddedPostgres

NO_WAITING_FOR_THE_DISK: Final = ("fsync", "full_page_writes")
"""These settings matter where the machine crashes. A server that is killed loses nothing."""


def made_server(folder: Path) -> Path:
    """The data folder of a stopped server; made by the first process that asks for it."""
    made = folder / "server"
    with (folder / "server.lock").open("ab") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.exists():
            _make(made)
    return made


def copy_server(made: Path, data_dir: Path) -> None:
    """Put a copy of a stopped server into a data folder, with the same owners."""
    data_dir.mkdir(parents=True, exist_ok=True)
    subprocess.run(["cp", "-a", f"{made}/.", data_dir], check=True)


def _make(made: Path) -> None:
    # Where the server runs, its own user has to pass: not so below pytest's folder.
    short = Path(tempfile.mkdtemp(prefix="fridge-", dir="/tmp"))
    server = EmbeddedPostgres(short / "data")
    try:
        asyncio.run(_set_up(server.start()))
        server.stop()
        draft = made.with_name("server.new")
        copy_server(short / "data", draft)
        draft.rename(made)
    finally:
        server.stop()
        shutil.rmtree(short)


async def _set_up(url: str) -> None:
    connection = await asyncpg.connect(url)
    for setting in NO_WAITING_FOR_THE_DISK:
        await connection.execute(f"ALTER SYSTEM SET {setting} = off")
    await connection.close()
