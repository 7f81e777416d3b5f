"""Two PostgreSQL servers, a primary and its synchronous standby, either of which can be lost."""

import asyncio
import os
import shlex
import shutil
import signal
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path
from types import TracebackType
from typing import Final, Self

import asyncpg

from db.connection.embedded import EmbeddedPostgres
from tools.chaos.servers.postgres import execute, processes_of

SYNCHRONOUS: Final = "standby"
"""The standby's application name, for which the primary waits."""

PATIENCE_SECONDS: Final = 30.0
PAUSE_SECONDS: Final = 0.02
SECONDS_WITHOUT: Final = 1.0
"""How long there is no primary: an operator needs time to notice and to decide."""

SECONDS_CUT_OFF: Final = 25.0
"""How long a primary is cut off: longer than the bot waits for an answer."""


@dataclass(frozen=True, slots=True)
class Member:
    """One of the two servers; its folder has the cluster and the server's socket."""

    cluster: Path

    @property
    def url(self) -> str:
        """The URL of the server's own database, whatever role the server has."""
        return f"postgresql://postgres@/postgres?host={self.cluster}&port=5432"

    def clone(self, primary: "Member") -> None:
        """Copy the primary, to become its standby."""
        owner = primary.cluster.stat()
        shutil.rmtree(self.cluster, ignore_errors=True)
        self.cluster.mkdir(mode=0o700, parents=True)
        os.chown(self.cluster, owner.st_uid, owner.st_gid)
        execute(
            "pg_basebackup",
            f"--pgdata={self.cluster}",
            "--write-recovery-conf",
            "--checkpoint=fast",
            "--no-sync",
            f"--dbname=host={primary.cluster} port=5432 user=postgres"
            f" application_name={SYNCHRONOUS}",
            cluster=self.cluster,
        )
        # The copied file names the primary's process.
        (self.cluster / ".s.PGSQL.5432.lock").unlink()

    def start(self) -> None:
        """Start the server; return when it accepts connections."""
        options = shlex.join(["-h", "", "-p", "5432", "-k", str(self.cluster)])
        self._control("start", f"--log={self.cluster / 'server.log'}", f"--options={options}")

    def promote(self) -> None:
        """Promote the server; return when it is a primary."""
        self._control("promote")

    def stand_still(self) -> None:
        """Freeze all its processes, as if it were cut off: connections stay, without answers."""
        self._signal(signal.SIGSTOP)

    def kill(self) -> None:
        """Kill all its processes, also those that `stand_still` froze."""
        self._signal(signal.SIGKILL)
        deadline = time.monotonic() + PATIENCE_SECONDS
        while processes_of(self.cluster) and time.monotonic() < deadline:
            time.sleep(PAUSE_SECONDS)

    def _control(self, action: str, *arguments: str) -> None:
        pgdata = f"--pgdata={self.cluster}"
        execute("pg_ctl", action, "--wait", pgdata, *arguments, cluster=self.cluster)

    def _signal(self, number: signal.Signals) -> None:
        # The postmaster is killed first: it would replace processes that end.
        for process in sorted(processes_of(self.cluster)):
            with suppress(ProcessLookupError):
                os.kill(process, number)


class Pair:
    """A primary and a standby in temporary folders, as an async context manager.

    No commit is acknowledged before the standby has written it to disk. `url` names both servers.
    """

    def __init__(self) -> None:
        # A socket's path must be short.
        self._folder = Path(tempfile.mkdtemp(prefix="fridge-pair-", dir="/tmp"))
        self._first = EmbeddedPostgres(self._folder / "one")
        self._ways = cycle((False, True))
        self.primary = Member(self._folder / "one" / "postgresql")
        self.standby = Member(self._folder / "two" / "postgresql")
        hosts = f"{self.primary.cluster},{self.standby.cluster}"
        self.url = f"postgresql://postgres@/postgres?host={hosts}&target_session_attrs=read-write"
        self.failures = 0

    async def start(self) -> None:
        """Start both; return when the primary waits for its standby."""
        await asyncio.to_thread(self._first.start)
        await self._follow()

    def stop(self) -> None:
        """Stop both servers, and delete their folders."""
        self.primary.kill()
        self.standby.kill()
        self._first.stop()
        shutil.rmtree(self._folder)

    async def __aenter__(self) -> Self:
        starting = asyncio.create_task(self.start())
        try:
            await asyncio.shield(starting)
        except BaseException:
            # A server that a thread is starting can't be stopped before it runs.
            await asyncio.wait((starting,))
            await asyncio.to_thread(self.stop)
            raise
        return self

    async def __aexit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        await asyncio.to_thread(self.stop)

    async def fail(self) -> None:
        """Lose the primary and promote the standby; return when the new primary has a standby.

        The primary is killed and cut off in turns. A primary that is cut off stays beside the new
        one for a while, and is killed before it could go on as a second primary.
        """
        is_cut_off = next(self._ways)
        if is_cut_off:
            await asyncio.to_thread(self.primary.stand_still)
        else:
            await asyncio.to_thread(self.primary.kill)
        await asyncio.sleep(SECONDS_WITHOUT)
        await asyncio.to_thread(self.standby.promote)
        if is_cut_off:
            await asyncio.sleep(SECONDS_CUT_OFF)
            await asyncio.to_thread(self.primary.kill)
        self.primary, self.standby = self.standby, self.primary
        await self._follow()
        self.failures += 1

    async def _follow(self) -> None:
        await asyncio.to_thread(self.standby.clone, self.primary)
        await asyncio.to_thread(self.standby.start)
        await self._wait_for_standby()

    async def _wait_for_standby(self) -> None:
        """Have the primary wait for its standby from now on.

        The setting is made after the copy, and so is not part of the copy: a promoted standby has
        no standby of its own to wait for.
        """
        connection = await asyncpg.connect(self.primary.url)
        await connection.execute(f"ALTER SYSTEM SET synchronous_standby_names = {SYNCHRONOUS}")
        await connection.execute("SELECT pg_reload_conf()")
        role = "SELECT sync_state FROM pg_stat_replication"
        async with asyncio.timeout(PATIENCE_SECONDS):
            while await connection.fetchval(role) != "sync":  # noqa: ASYNC110 (no event tells)
                await asyncio.sleep(PAUSE_SECONDS)
        await connection.close()
