"""nginx in front of the replicas of a bot, as `deploy/nginx.conf` has it."""

import asyncio
import os
import re
import shutil
from asyncio.subprocess import DEVNULL, STDOUT, Process
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from tools.chaos.bots import ROOT
from tools.chaos.servers.programs import ProgramMissingError, wait_for_listener

SAMPLE: Final = ROOT / "deploy" / "nginx.conf"
REPLICA: Final = re.compile(r"^ +server (\S+:\d+)( .*;)\n", re.MULTILINE)
CLIENTS: Final = re.compile(r"^( +)allow \S+;\n(?: +allow \S+;\n)*", re.MULTILINE)
TLS: Final = re.compile(r"^ +ssl_\w+ .*;\n", re.MULTILINE)
LISTEN: Final = "listen 443 ssl;"

AROUND: Final = """\
{user}
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/nginx.log warn;
worker_processes 1;
events {{ worker_connections 1024; }}
http {{
    access_log off;
    client_body_temp_path {folder}/bodies;
    proxy_temp_path {folder}/proxied;
    fastcgi_temp_path {folder}/unused;
    scgi_temp_path {folder}/unused;
    uwsgi_temp_path {folder}/unused;
{site}
}}
"""


class Nginx:
    """nginx on loopback, running meanwhile, as an async context manager.

    Args:
        address: Where nginx listens.
        replicas: The addresses of the replicas behind nginx.
        folder: Where nginx keeps its files.
    """

    def __init__(self, address: str, replicas: Sequence[str], folder: Path) -> None:
        self._address = address
        self._replicas = replicas
        self._folder = folder
        self._process: Process | None = None

    @property
    def pids(self) -> Sequence[int]:
        """The processes of nginx: the master and its worker."""
        if self._process is None:
            return ()
        pid = self._process.pid
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text()
        return (pid, *map(int, children.split()))

    async def __aenter__(self) -> Self:
        program = find_nginx()
        configuration = self._folder / "nginx.conf"
        site = site_for(SAMPLE.read_text(), self._address, self._replicas)
        # Started by root, nginx would run its worker as a user who can't enter the folder.
        user = "user root;" if os.geteuid() == 0 else ""
        configuration.write_text(AROUND.format(user=user, folder=self._folder, site=site))
        self._process = await asyncio.create_subprocess_exec(
            program,
            "-c",
            str(configuration),
            "-e",
            str(self._folder / "nginx.log"),
            "-p",
            str(self._folder),
            stdin=DEVNULL,
            stdout=DEVNULL,
            stderr=STDOUT,
            start_new_session=True,
        )
        try:
            await wait_for_listener(self._address)
        except BaseException:
            await self._stop()
            raise
        return self

    async def __aexit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        await self._stop()

    async def _stop(self) -> None:
        if self._process is not None and self._process.returncode is None:
            self._process.terminate()
            await self._process.wait()


def find_nginx() -> str:
    """Return the path of nginx.

    Raises:
        ProgramMissingError: nginx is not installed.
    """
    found = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    if found is None:
        raise ProgramMissingError("nginx is missing: apt-get install nginx-light")
    return found


def site_for(sample: str, address: str, replicas: Sequence[str]) -> str:
    """The sample configuration with these addresses, for clients on loopback, without TLS."""
    first, *_, last = REPLICA.finditer(sample)
    servers = "".join(f"    server {replica}{first[2]}\n" for replica in replicas)
    site = sample[: first.start()] + servers + sample[last.end() :]
    site = CLIENTS.sub(r"\1allow 127.0.0.0/8;\n", site)
    return TLS.sub("", site).replace(LISTEN, f"listen {address};")
