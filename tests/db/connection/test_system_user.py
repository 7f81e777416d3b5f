"""The user for PostgreSQL on a machine that has none yet: each test has an `/etc` of its own."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from db.connection.system_user import LOCK, NAME

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[3]
USERS = ("passwd", "group", "shadow", "gshadow")

ASK = """
import sys
from db.connection.errors import DatabaseUnavailable
from db.connection.system_user import user_for_root
try:
    answer = user_for_root().pw_uid
except DatabaseUnavailable as error:
    answer = error
sys.stdout.write(f"{answer}\\n")  # in one piece, beside others
"""

Machine = Callable[[str], list[str]]


@pytest.fixture
def etc(tmp_path: Path) -> Path:
    """A copy of `/etc` without the user."""
    if os.geteuid() != 0 or subprocess.run(["unshare", "-m", "true"], check=False).returncode != 0:
        pytest.skip("only root makes users, and only with a mount namespace can it be tried")
    etc = tmp_path / "etc"
    subprocess.run(["cp", "-a", "/etc", str(etc)], check=True)
    for file in (etc / name for name in USERS):
        if file.exists():
            lines = file.read_text().splitlines(keepends=True)
            file.write_text("".join(line for line in lines if not line.startswith(f"{NAME}:")))
    (etc / LOCK.name).unlink(missing_ok=True)
    return etc


@pytest.fixture
def machine(etc: Path, tmp_path: Path) -> Machine:
    """Runs a shell script where that copy is `/etc`; its `ask` prints the user's id, or a line."""
    (tmp_path / "ask.py").write_text(ASK)

    def run(script: str) -> list[str]:
        steps = [
            f"mount --bind {etc} /etc",
            f"ask() {{ {sys.executable} {tmp_path / 'ask.py'}; }}",
            script,
        ]
        result = subprocess.run(
            ["unshare", "-m", "bash", "-e", "-c", "\n".join(steps)],
            cwd=ROOT,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
            check=True,
            capture_output=True,
            text=True,
        )
        assert result.stderr == ""
        return result.stdout.splitlines()

    return run


def user(etc: Path) -> tuple[str, ...]:
    """Its uid, home and shell; there is one."""
    lines = (etc / "passwd").read_text().splitlines()
    (line,) = (line for line in lines if line.startswith(f"{NAME}:"))
    _, _, uid, _, _, home, shell = line.split(":")
    return uid, home, shell


def test_of_many_processes_that_start_at_once_one_makes_the_user(
    machine: Machine, etc: Path
) -> None:
    answers = machine("for n in 1 2 3 4 5 6 7 8; do ask & done; wait")
    uid, home, shell = user(etc)
    assert answers == [uid] * 8
    assert int(uid) < 1000, "a system user"
    assert home == "/nonexistent"
    assert shell.endswith("/nologin")
    assert (etc / LOCK.name).stat().st_mode & 0o777 == 0o600


def test_cron_and_what_a_removed_user_left_are_no_obstacle(machine: Machine, etc: Path) -> None:
    (uid,) = machine(f"groupadd {NAME}; PATH=/usr/bin:/bin ask")
    assert user(etc)[0] == uid


def test_the_user_that_an_earlier_version_made_is_used(machine: Machine, etc: Path) -> None:
    (uid,) = machine(f"useradd -s /bin/bash {NAME}; ask")
    assert user(etc) == (uid, f"/home/{NAME}", "/bin/bash")


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        ("mount -o remount,bind,ro /etc", "Read-only file system"),
        ("mount --bind /dev/null $(which useradd)", "there is no useradd here"),
        ("mount --bind /etc/passwd /etc/passwd", "passwd"),
        (f"echo {NAME}:x:0:0::/root:/bin/sh >> /etc/passwd", "has the user id 0"),
    ],
    ids=["a read-only /etc", "no useradd", "a passwd from elsewhere", "root by another name"],
)
def test_where_the_user_can_not_be_made_a_line_says_what_to_do(
    machine: Machine, script: str, reason: str
) -> None:
    (line,) = machine(f"{script}; ask")
    assert line.startswith(f"PostgreSQL refuses to run as root, and its user {NAME} ")
    assert reason in line
    assert "start the program as an ordinary user, or make that user (`useradd --system" in line
    assert "set DATABASE_URL" in line
