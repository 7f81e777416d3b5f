"""The PostgreSQL of a run, which can be made to crash, and PostgreSQL's own programs."""

import asyncio
import os
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Final, Protocol, Self

import asyncpg

from db.connection.database import create_engine
from db.connection.embedded import PROGRAMS, EmbeddedPostgres
from db.schema.migrate import migrate
from fridge.catalogue.catalogue import load_catalogue

RECOVERY_SECONDS: Final = 60


class Server(Protocol):
    """A server on which databases are made, and which can fail.

    `url` is the server's own database; `failures` counts how many times it failed.
    """

    url: str
    failures: int

    async def fail(self) -> None:
        """Let the server fail in its way; return when a bot can work with it again."""
        ...


class Postgres:
    """A server of its own in a temporary folder, as a context manager."""

    def __init__(self) -> None:
        # A socket's path must be short.
        self._folder = Path(tempfile.mkdtemp(prefix="fridge-chaos-", dir="/tmp"))
        self._server = EmbeddedPostgres(self._folder)
        self.cluster = self._folder / "postgresql"
        self.failures = 0
        self.url = ""

    def __enter__(self) -> Self:
        self.url = self._server.start()
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self._server.stop()
        shutil.rmtree(self._folder)

    async def fail(self) -> None:
        """Let the server crash and start again; it recovers from its log."""
        await asyncio.to_thread(
            execute,
            "pg_ctl",
            "restart",
            "--wait",
            "--mode=immediate",
            f"--timeout={RECOVERY_SECONDS}",
            f"--pgdata={self.cluster}",
            f"--log={self.cluster / 'server.log'}",
            cluster=self.cluster,
        )
        self.failures += 1


def execute(program: str, *arguments: str, cluster: Path) -> None:
    """Run a program of PostgreSQL on a cluster, as the cluster's owner: the program refuses root.

    Raises:
        CalledProcessError: The program fails.
    """
    owner = cluster.stat() if os.geteuid() == 0 else None
    subprocess.run(  # noqa: S603 (a program of the wheel, no shell)
        [PROGRAMS / program, *arguments],
        check=True,
        cwd=cluster,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        user=owner.st_uid if owner else None,
        group=owner.st_gid if owner else None,
        extra_groups=[] if owner else None,
        start_new_session=True,
    )


def processes_of(cluster: Path) -> Sequence[int]:
    """All processes of a running server: each works in the folder of its cluster."""
    found: list[int] = []
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):  # the process has ended, or is another user's
            if (process / "cwd").readlink() == cluster:
                found.append(int(process.name))
    return found


async def make_database(server_url: str, name: str) -> str:
    """Make a migrated database on a server, and return its URL."""
    connection = await asyncpg.connect(server_url)
    await connection.execute(f"CREATE DATABASE {name}")
    await connection.close()
    url = server_url.replace("/postgres?", f"/{name}?")
    engine = create_engine(url)
    await migrate(engine, load_catalogue())
    await engine.dispose()
    return url
