import asyncio
import fcntl
import logging
import os
import re
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from urllib.parse import unquote

import asyncpg
import pytest
from sqlalchemy import text

from db.connection.database import create_engine
from db.connection.embedded import LARGEST_LOG, EmbeddedPostgres
from db.connection.errors import DatabaseUnavailable
from tests.made_server import copy_server
from tests.operation.program import postgres_processes

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[3]
AS_ROOT = os.geteuid() == 0
USER = """
import sys
from pathlib import Path
from db.connection.database import create_engine
from db.connection.embedded import EmbeddedPostgres
postgres = EmbeddedPostgres(Path(sys.argv[1]))
print(postgres.start(), flush=True)
sys.stdin.readline()
postgres.stop()
print("stopped", flush=True)
"""


@pytest.fixture
def data_dir() -> Iterator[Path]:
    """A short path, as sockets need it; whatever server is left in it is killed."""
    base = Path(tempfile.mkdtemp(prefix="fb-")).resolve()
    yield base / "data"
    left = postgres_processes(base)  # also without a lock file that tells of them
    for process in left:
        with suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)
    wait_until_gone(*left)
    shutil.rmtree(base)


@pytest.fixture
def used_before(data_dir: Path, made_once: Path) -> None:
    """Puts a server into `data_dir` that ran before and is stopped."""
    copy_server(made_once, data_dir)


class Bot:
    """Another process that uses the embedded server until it is told to leave, or killed."""

    def __init__(self, data_dir: Path) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", USER, str(data_dir)],
            cwd=ROOT,
            text=True,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )

    def wait_until_started(self) -> str:
        assert self.process.stdout is not None
        return self.process.stdout.readline().strip()

    def leave(self) -> None:
        output, errors = self.process.communicate("\n", timeout=60)
        assert output.endswith("stopped\n")
        assert errors == ""

    def kill(self) -> None:
        self.process.kill()
        self.process.communicate()


@pytest.fixture
def start_bot() -> Iterator[Callable[[Path], Bot]]:
    with ExitStack() as ending:

        def start(data_dir: Path) -> Bot:
            bot = Bot(data_dir)
            ending.callback(bot.kill)
            return bot

        yield start


def postmaster_pid(data_dir: Path) -> int:
    return int((data_dir / "postgresql" / "postmaster.pid").read_text().split()[0])


def children_of(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def is_running(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


def wait_until_gone(*pids: int) -> None:
    deadline = time.monotonic() + 30
    while any(map(is_running, pids)):
        assert time.monotonic() < deadline
        time.sleep(0.01)


def kill_postgres_at(cluster: Path) -> None:
    """Kill the server with all its children, as a power cut would."""
    pid = postmaster_pid(cluster.parent)
    command = Path(f"/proc/{pid}/cmdline")
    if is_running(pid) and str(cluster).encode() in command.read_bytes():
        pids = [pid, *children_of(pid)]
        for process in pids:
            try:
                os.kill(process, signal.SIGKILL)
            except ProcessLookupError:
                continue
        wait_until_gone(*pids)


def query(url: str, statement: str) -> object:
    async def run() -> object:
        engine = create_engine(url)
        try:
            async with engine.connect() as connection:
                result = await connection.execute(text(statement))
                return result.scalar() if result.returns_rows else None
        finally:
            await engine.dispose()

    return asyncio.run(run())


def refusal(data_dir: Path) -> str:
    """Return what the operator is told, which is one line."""
    with pytest.raises(DatabaseUnavailable) as caught:
        EmbeddedPostgres(data_dir).start()
    message = str(caught.value)
    assert "\n" not in message
    return message


def test_a_new_folder_gets_a_postgresql_18_in_utf_8_without_a_word(
    data_dir: Path, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    data_dir.parent.chmod(0o755)
    caplog.set_level("DEBUG")
    postgres = EmbeddedPostgres(data_dir / "냉장고 data" / "a,b")
    url = postgres.start()
    assert caplog.records == []
    assert capfd.readouterr() == ("", "")
    assert str(query(url, "SHOW server_version")).startswith("18.")
    assert query(url, "SHOW server_encoding") == "UTF8"
    assert query(url, "SELECT lower('ÀÉ')") == "àé"
    assert query(url, "SHOW listen_addresses") == "", "it asks for no password"
    caplog.clear()
    postgres.stop()
    assert caplog.records == []
    assert capfd.readouterr() == ("", "")
    left = {path.name for path in (data_dir / "냉장고 data" / "a,b").iterdir()}
    assert left == {"postgresql", "postgresql.lock", "postgresql.seats"}
    assert not (data_dir / "냉장고 data" / "a,b" / "postgresql" / ".handle_pids.json").exists()


@pytest.mark.usefixtures("used_before")
def test_the_data_are_there_after_a_restart(data_dir: Path) -> None:
    postgres = EmbeddedPostgres(data_dir)
    url = postgres.start()
    query(url, "CREATE TABLE kept AS SELECT 42 AS answer")
    pid = postmaster_pid(data_dir)
    with asyncio.Runner() as runner:
        client = runner.run(asyncpg.connect(url))
        postgres.stop()
        client.terminate()
    wait_until_gone(pid)
    assert query(postgres.start(), "SELECT answer FROM kept") == 42
    postgres.stop()


def test_stopping_before_the_start_does_nothing(data_dir: Path) -> None:
    EmbeddedPostgres(data_dir).stop()
    assert not data_dir.exists()


@pytest.mark.usefixtures("used_before")
def test_stopping_twice_does_nothing(data_dir: Path) -> None:
    postgres = EmbeddedPostgres(data_dir)
    postgres.start()
    postgres.stop()
    postgres.stop()


def test_neither_a_long_path_nor_variables_for_postgresql_in_the_environment_change_anything(
    data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {"PGPORT": "1", "PGDATA": "/nowhere", "LC_ALL": "xx_XX.none"}.items():
        monkeypatch.setenv(name, value)
    postgres = EmbeddedPostgres(data_dir / ("it's%40#?&=" + "x" * 100))
    url = postgres.start()
    assert query(url, "SELECT 1") == 1
    socket_dir = Path(unquote(url.partition("?host=")[2].partition("&")[0]))
    postgres.stop()
    assert not socket_dir.is_relative_to(data_dir)
    assert not socket_dir.exists()


@pytest.mark.usefixtures("used_before")
def test_the_server_runs_until_the_last_of_its_users_leaves(
    data_dir: Path, start_bot: Callable[[Path], Bot]
) -> None:
    bots = [start_bot(data_dir) for _ in range(2)]
    urls = {bot.wait_until_started() for bot in bots}
    here = EmbeddedPostgres(data_dir)
    assert urls == {here.start()}
    pid = postmaster_pid(data_dir)
    here.stop()
    bots[0].leave()
    assert query(urls.pop(), "SELECT 1") == 1
    bots[1].leave()
    wait_until_gone(pid)


@pytest.mark.usefixtures("used_before")
def test_two_users_in_one_process_are_two_users(data_dir: Path) -> None:
    first, second = EmbeddedPostgres(data_dir), EmbeddedPostgres(data_dir)
    url = first.start()
    second.start()
    pid = postmaster_pid(data_dir)
    second.stop()
    assert query(url, "SELECT 1") == 1
    first.stop()
    wait_until_gone(pid)


@pytest.mark.usefixtures("used_before")
def test_a_killed_bot_leaves_a_server_that_the_next_one_uses_and_stops(
    data_dir: Path, start_bot: Callable[[Path], Bot]
) -> None:
    killed = start_bot(data_dir)
    killed.wait_until_started()
    pid = postmaster_pid(data_dir)
    killed.kill()
    assert is_running(pid)
    postgres = EmbeddedPostgres(data_dir)
    assert query(postgres.start(), "SELECT 1") == 1
    assert postmaster_pid(data_dir) == pid
    postgres.stop()
    wait_until_gone(pid)


@pytest.mark.usefixtures("used_before")
def test_a_bot_that_ends_without_stopping_ends_quietly(
    data_dir: Path, start_bot: Callable[[Path], Bot]
) -> None:
    bot = start_bot(data_dir)
    bot.wait_until_started()
    bot.process.send_signal(signal.SIGINT)
    _, errors = bot.process.communicate(timeout=30)
    assert errors.rstrip().endswith("KeyboardInterrupt")
    assert "pgserver" not in errors


@pytest.mark.usefixtures("used_before")
def test_a_ctrl_c_for_the_whole_process_group_spares_the_server(
    data_dir: Path, start_bot: Callable[[Path], Bot]
) -> None:
    bot = start_bot(data_dir)
    url = bot.wait_until_started()
    os.killpg(bot.process.pid, signal.SIGINT)
    bot.process.communicate(timeout=30)
    assert query(url, "SELECT 1") == 1


def test_starts_and_stops_at_the_same_time_wait_for_one_another(data_dir: Path) -> None:
    failures: list[BaseException] = []

    def come_and_go() -> None:
        try:
            for _ in range(3):
                postgres = EmbeddedPostgres(data_dir)
                assert query(postgres.start(), "SELECT 1") == 1
                postgres.stop()
        except (AssertionError, OSError, DatabaseUnavailable) as error:
            failures.append(error)

    threads = [threading.Thread(target=come_and_go) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert failures == []
    assert not (data_dir / "postgresql" / "postmaster.pid").exists()


@pytest.mark.usefixtures("used_before")
def test_a_server_that_was_killed_recovers(data_dir: Path) -> None:
    postgres = EmbeddedPostgres(data_dir)
    query(postgres.start(), "CREATE TABLE kept AS SELECT 42 AS answer")
    kill_postgres_at(data_dir / "postgresql")
    assert query(postgres.start(), "SELECT answer FROM kept") == 42
    postgres.stop()


@pytest.mark.usefixtures("used_before")
def test_a_server_whose_children_outlive_it_for_a_while_is_waited_for(data_dir: Path) -> None:
    postgres = EmbeddedPostgres(data_dir)
    postgres.start()
    pid = postmaster_pid(data_dir)
    child = children_of(pid)[0]
    os.kill(child, signal.SIGSTOP)
    os.kill(pid, signal.SIGKILL)
    wait_until_gone(pid)
    starting = threading.Thread(target=postgres.start)
    starting.start()
    log = data_dir / "postgresql" / "server.log"
    deadline = time.monotonic() + 30
    try:
        while "pre-existing shared memory block" not in log.read_text():
            assert time.monotonic() < deadline
            time.sleep(0.01)
    finally:
        os.kill(child, signal.SIGKILL)
        starting.join(60)
    assert query(postgres.start(), "SELECT 1") == 1
    postgres.stop()


@pytest.mark.usefixtures("used_before")
def test_a_server_that_is_still_stopping_is_waited_for_and_started_again(data_dir: Path) -> None:
    postgres = EmbeddedPostgres(data_dir)
    postgres.start()
    pid = postmaster_pid(data_dir)
    os.kill(pid, signal.SIGINT)
    assert query(postgres.start(), "SELECT 1") == 1
    assert postmaster_pid(data_dir) != pid
    postgres.stop()


def leave_lock_file(data_dir: Path, content: bytes) -> None:
    """Put a `postmaster.pid` of a minute ago into a stopped cluster."""
    postgres = EmbeddedPostgres(data_dir)
    postgres.start()
    postgres.stop()
    lock_file = data_dir / "postgresql" / "postmaster.pid"
    lock_file.write_bytes(content)
    lock_file.chmod(0o600)
    owner = lock_file.parent.stat()
    shutil.chown(lock_file, owner.st_uid, owner.st_gid)
    os.utime(lock_file, (time.time() - 60, time.time() - 60))


@pytest.mark.usefixtures("used_before")
@pytest.mark.parametrize("content", [b"", b"\n", b"nonsense", b"999999\n/some"])
def test_a_broken_lock_file_does_not_keep_the_server_down(data_dir: Path, content: bytes) -> None:
    leave_lock_file(data_dir, content)
    postgres = EmbeddedPostgres(data_dir)
    assert query(postgres.start(), "SELECT 1") == 1
    postgres.stop()


@pytest.mark.usefixtures("used_before")
def test_the_lock_file_of_a_server_that_has_just_begun_to_start_is_left_alone(
    data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    leave_lock_file(data_dir, b"")
    lock_file = data_dir / "postgresql" / "postmaster.pid"
    os.utime(lock_file)
    monkeypatch.setattr("db.connection.embedded.PATIENCE", 0)  # one try, however slow the machine
    assert "was not ready" in refusal(data_dir)
    assert lock_file.exists()


@pytest.mark.usefixtures("used_before")
def test_a_lock_file_whose_process_id_is_now_another_program_s_is_passed(data_dir: Path) -> None:
    cluster = data_dir / "postgresql"
    postgres = EmbeddedPostgres(data_dir)
    postgres.start()
    kill_postgres_at(cluster)
    owner = cluster.stat().st_uid if AS_ROOT else None
    # Of the same user: PostgreSQL itself then takes the program for a running server.
    with subprocess.Popen(["sleep", "600"], user=owner) as stranger:
        try:
            pid = str(stranger.pid).encode()
            for name in ("postmaster.pid", ".s.PGSQL.5432.lock"):
                _, end, rest = (cluster / name).read_bytes().partition(b"\n")
                (cluster / name).write_bytes(pid + end + rest)
            assert query(postgres.start(), "SELECT 1") == 1
            postgres.stop()
            assert stranger.poll() is None
        finally:
            stranger.kill()


@pytest.mark.usefixtures("used_before")
def test_a_server_that_does_not_get_ready_is_one_line(
    data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    postgres = EmbeddedPostgres(data_dir)
    postgres.start()
    pid = postmaster_pid(data_dir)
    child = children_of(pid)[0]
    os.kill(child, signal.SIGSTOP)
    os.kill(pid, signal.SIGKILL)
    wait_until_gone(pid)
    monkeypatch.setattr("db.connection.embedded.PATIENCE", 0)  # one try, however slow the machine
    try:
        assert 'lock file "postmaster.pid" already exists' in refusal(data_dir)
        assert re.search(r"was not ready within .*: pre-existing shared memory", refusal(data_dir))
    finally:
        os.kill(child, signal.SIGKILL)
        postgres.stop()


def test_a_start_that_never_ends_elsewhere_is_one_line(
    data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data_dir.mkdir()
    monkeypatch.setattr("db.connection.embedded.PATIENCE", 0.2)
    with (data_dir / "postgresql.lock").open("ab") as door:
        fcntl.flock(door, fcntl.LOCK_EX)
        assert "Another process has been starting or stopping the database" in refusal(data_dir)


@pytest.mark.usefixtures("used_before")
def test_nobody_else_on_the_machine_can_hold_the_locks(data_dir: Path) -> None:
    locks = [data_dir / "postgresql.lock", data_dir / "postgresql.seats"]
    for lock in locks:
        lock.unlink(missing_ok=True)
    for _ in range(2):
        postgres = EmbeddedPostgres(data_dir)
        postgres.start()
        assert [stat.S_IMODE(lock.stat().st_mode) for lock in locks] == [0o600, 0o600]
        postgres.stop()
        for lock in locks:
            lock.chmod(0o644)  # as earlier versions have made them


@pytest.mark.usefixtures("used_before")
def test_the_log_is_bounded(data_dir: Path) -> None:
    postgres = EmbeddedPostgres(data_dir)
    postgres.start()
    postgres.stop()
    log = data_dir / "postgresql" / "server.log"
    with log.open("ab") as file:
        file.write(b"x" * LARGEST_LOG)
    postgres.start()
    postgres.stop()
    assert log.stat().st_size < 10_000
    assert log.with_suffix(".log.1").stat().st_size > LARGEST_LOG


@pytest.mark.skipif(not AS_ROOT, reason="only root lets another user pass")
def test_root_is_told_which_private_folders_others_may_now_pass_through(
    data_dir: Path, made_once: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    private = data_dir.parent / "private"
    private.mkdir(mode=0o700)
    (private / "open").mkdir(mode=0o755)
    copy_server(made_once, private / "open" / "data")
    for _ in range(2):
        postgres = EmbeddedPostgres(private / "open" / "data")
        postgres.start()
        postgres.stop()
    [(name, level, message)] = [said for said in caplog.record_tuples if str(private) in said[2]]
    assert (name, level) == ("db.connection.embedded", logging.INFO)
    assert f"{private}" in message.replace(",", " ").split()
    assert "pass through" in message
    assert private.stat().st_mode & 0o777 == 0o701


@pytest.mark.skipif(not AS_ROOT, reason="only root lets another user pass")
def test_a_refusal_leaves_the_permissions_as_they_are(data_dir: Path) -> None:
    (data_dir / "postgresql").mkdir(parents=True, mode=0o700)
    (data_dir / "postgresql" / "keepsake.txt").touch()
    assert "is not a PostgreSQL database" in refusal(data_dir)
    assert data_dir.parent.stat().st_mode & 0o777 == 0o700


def test_a_first_start_that_was_killed_halfway_begins_again_also_in_an_empty_folder(
    data_dir: Path,
) -> None:
    half = data_dir / "postgresql.new"
    half.mkdir(parents=True)
    (half / "PG_VERSION").write_text("18\n")
    (data_dir / "postgresql").mkdir()
    postgres = EmbeddedPostgres(data_dir)
    assert query(postgres.start(), "SELECT 1") == 1
    postgres.stop()
    assert not half.exists()


def test_a_file_in_the_way_is_one_line(data_dir: Path) -> None:
    data_dir.write_text("a file")
    told = refusal(data_dir)
    assert f"The folder for the database, {data_dir}, can't be used: " in told
    # DATA_DIR is another folder where this one is the playground's.
    assert "DATA_DIR=" not in told
    assert told.endswith("or have the database elsewhere by setting DATA_DIR.")
    assert "Not a directory" in refusal(data_dir / "below")


@pytest.mark.usefixtures("used_before")
def test_a_stop_after_a_power_cut_does_nothing(data_dir: Path) -> None:
    postgres = EmbeddedPostgres(data_dir)
    postgres.start()
    kill_postgres_at(data_dir / "postgresql")
    postgres.stop()
    assert query(postgres.start(), "SELECT 1") == 1
    postgres.stop()


def test_a_folder_that_is_no_database_is_left_alone(data_dir: Path) -> None:
    keepsake = data_dir / "postgresql" / "keepsake.txt"
    keepsake.parent.mkdir(parents=True)
    keepsake.write_text("mine")
    assert "is not a PostgreSQL database: move it away" in refusal(data_dir)
    assert keepsake.read_text() == "mine"


def test_a_cluster_of_another_version_is_left_alone(data_dir: Path) -> None:
    cluster = data_dir / "postgresql"
    cluster.mkdir(parents=True)
    (cluster / "PG_VERSION").write_text("16\n")
    message = refusal(data_dir)
    assert "was made by PostgreSQL 16, and this program works with PostgreSQL 18" in message
    (cluster / "PG_VERSION").write_text("?\n")
    assert "is a broken PostgreSQL database" in refusal(data_dir)


@pytest.mark.parametrize(
    ("name", "reason"),
    [("x" * 300, "File name too long"), ("deep/" * 200, "longer than 900"), ("a$b", "character")],
)
def test_an_impossible_path_is_one_line(data_dir: Path, name: str, reason: str) -> None:
    assert reason in refusal(data_dir / name)


@pytest.mark.usefixtures("used_before")
def test_a_broken_cluster_is_one_line_with_the_server_s_own_reason(data_dir: Path) -> None:
    postgres = EmbeddedPostgres(data_dir)
    postgres.start()
    postgres.stop()
    (data_dir / "postgresql" / "global" / "pg_control").unlink()
    message = refusal(data_dir)
    assert "can't start" in message
    assert "pg_control" in message
    assert "server.log" in message


def test_a_full_disk_is_one_line(data_dir: Path, mount_at: Callable[[Path, str], None]) -> None:
    mount_at(data_dir, "size=8m")
    assert "No space left on device" in refusal(data_dir)
    assert not (data_dir / "postgresql").exists()


def test_a_read_only_disk_is_one_line(
    data_dir: Path, mount_at: Callable[[Path, str], None]
) -> None:
    mount_at(data_dir, "ro")
    assert "Read-only file system" in refusal(data_dir)


@pytest.mark.skipif(AS_ROOT, reason="root may write anywhere")
def test_an_unwritable_folder_is_one_line(data_dir: Path) -> None:
    data_dir.mkdir(mode=0o500)
    assert "Permission denied" in refusal(data_dir)
