"""pgbouncer between the replicas of a bot and PostgreSQL, as `deploy/pgbouncer.ini` has it."""

import asyncio
import os
import re
import shutil
import subprocess
from asyncio.subprocess import DEVNULL, Process
from pathlib import Path
from types import TracebackType
from typing import Final, Self
from urllib.parse import parse_qs, urlsplit

from tools.chaos.bots import ROOT, free_addresses
from tools.chaos.servers.programs import ProgramMissingError, wait_for_listener

SAMPLE: Final = ROOT / "deploy" / "pgbouncer.ini"
DATABASE: Final = re.compile(r"^fridge = .*$", re.MULTILINE)
PORT: Final = re.compile(r"^listen_port = .*$", re.MULTILINE)
LOGIN: Final = re.compile(r"^auth_type = .*\nauth_file = .*$", re.MULTILINE)
VERSION: Final = re.compile(r"PgBouncer (\d+)\.(\d+)")
OLDEST: Final = (1, 21)
"""The first version with prepared statements in transaction pooling."""


class PgBouncer:
    """pgbouncer on loopback, running meanwhile, as an async context manager.

    Args:
        program: The path of pgbouncer.
        database_url: A database on a Unix socket, to which anybody may log in as `postgres`.
        folder: Where pgbouncer keeps its files; the owner of the database's files must reach it.
    """

    def __init__(self, program: str, database_url: str, folder: Path) -> None:
        self.url = ""
        self._program = program
        self._name = urlsplit(database_url).path.removeprefix("/")
        self._socket_folder = Path(parse_qs(urlsplit(database_url).query)["host"][0])
        self._folder = folder
        self._process: Process | None = None

    async def __aenter__(self) -> Self:
        [address] = free_addresses(1)
        port = int(address.rpartition(":")[2])
        configuration = self._folder / f"pgbouncer-{port}.ini"
        configuration.write_text(
            configuration_for(SAMPLE.read_text(), self._name, self._socket_folder, port)
        )
        # pgbouncer refuses to run as root, as PostgreSQL does.
        owner = self._socket_folder.stat() if os.geteuid() == 0 else None
        self._process = await asyncio.create_subprocess_exec(
            self._program,
            "--quiet",
            str(configuration),
            stdin=DEVNULL,
            stdout=DEVNULL,
            stderr=DEVNULL,
            user=owner.st_uid if owner else None,
            group=owner.st_gid if owner else None,
            extra_groups=[] if owner else None,
            start_new_session=True,
        )
        try:
            await wait_for_listener(address)
        except BaseException:
            await self._stop()
            raise
        self.url = f"postgresql://postgres@{address}/{self._name}?sslmode=disable"
        return self

    async def __aexit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        await self._stop()

    @property
    def pid(self) -> int:
        """The process id of pgbouncer while it runs."""
        if self._process is None:
            raise RuntimeError("pgbouncer was not started")
        return self._process.pid

    async def _stop(self) -> None:
        if self._process is not None and self._process.returncode is None:
            self._process.kill()
            await self._process.wait()


def configuration_for(sample: str, name: str, socket_folder: Path, port: int) -> str:
    """The sample configuration with this port and this database on a Unix socket, no log-in."""
    where = f"host={socket_folder} port=5432 dbname={name} user=postgres"
    text = DATABASE.sub(f"{name} = {where}", sample)
    text = PORT.sub(f"listen_port = {port}\nunix_socket_dir =", text)
    return LOGIN.sub("auth_type = any", text)


def find_pgbouncer() -> str:
    """Return the path of pgbouncer.

    Raises:
        ProgramMissingError: pgbouncer is not installed, or too old.
    """
    found = shutil.which("pgbouncer", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    newest = "install pgbouncer 1.21 or newer, from Debian 13 or apt.postgresql.org"
    if found is None:
        raise ProgramMissingError(f"pgbouncer is missing: {newest}")
    said = subprocess.run(  # noqa: S603 (what the operator has installed, no shell)
        [found, "--version"], check=True, capture_output=True, text=True
    ).stdout
    version = VERSION.search(said)
    if version is None or (int(version[1]), int(version[2])) < OLDEST:
        raise ProgramMissingError(f"{said.splitlines()[0]} is too old: {newest}")
    return found
