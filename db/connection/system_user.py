"""The user that PostgreSQL runs as where the program is root, which PostgreSQL refuses to be.

It is made when it is first wanted, once on a machine, however many processes want it at once.
"""

import grp
import os
import pwd
import shutil
import subprocess
import time
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from db.connection.errors import DatabaseUnavailable
from db.connection.lock_files import PAUSE_SECONDS, lock_by, open_lock_file, unlock

NAME: Final = "pgserver"

LOCK: Final = Path("/etc/.pgserver.lock")
"""In the folder of the users: who shares these, as the processes of a container do, shares the
lock, and where it can't be made, neither can they."""

# Not all of the environments that root has, such as that of cron, lead there.
SYSTEM_PROGRAMS: Final = "/usr/local/sbin:/usr/sbin:/sbin"
NO_SHELLS: Final = ("/usr/sbin/nologin", "/sbin/nologin", "/bin/false")
NO_HOME: Final = "/nonexistent"

PATIENCE_SECONDS: Final = 60.0
"""For others who make the user, and for a cache of users that remembers that there was none."""


def user_for_root() -> pwd.struct_passwd:
    """Return the user, which is made if the machine has none of this name.

    Raises:
        DatabaseUnavailable: it can't be made, or is root by another name.
    """
    user = _find() or _make_once()
    if user.pw_uid == 0:
        raise _refusal("has the user id 0, which is root's")
    return user


def _find() -> pwd.struct_passwd | None:
    try:
        return pwd.getpwnam(NAME)
    except KeyError:
        return None


def _make_once() -> pwd.struct_passwd:
    command = _command()
    try:
        with _alone():
            return _find() or _make(command)
    except OSError as error:
        raise _refusal(f"can't be made ({error.strerror}: {error.filename})") from None


def _make(command: Sequence[str]) -> pwd.struct_passwd:
    made = subprocess.run(  # noqa: S603 (one of the system's programs, no shell)
        command,
        check=False,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env=os.environ | {"LC_ALL": "C"},
        text=True,
        errors="replace",
        start_new_session=True,  # a Ctrl-C in the terminal does not leave half a user
    )
    deadline = time.monotonic() + (PATIENCE_SECONDS if made.returncode == 0 else 0)
    while (user := _find()) is None:
        if time.monotonic() >= deadline:
            first_line = made.stdout.strip().partition("\n")[0]
            reason = first_line or f"{command[0]} ended with status {made.returncode}"
            raise _refusal(f"can't be made ({reason})")
        time.sleep(PAUSE_SECONDS)
    return user


def _command() -> Sequence[str]:
    """Return what makes a system user without a home, and without a shell to log in with."""
    useradd = shutil.which(
        "useradd", path=f"{os.environ.get('PATH', os.defpath)}:{SYSTEM_PROGRAMS}"
    )
    if useradd is None:
        raise _refusal("can't be made (there is no useradd here)")
    shell = next(filter(os.path.exists, NO_SHELLS), NO_SHELLS[-1])
    # A user that was removed, or made halfway, may have left its group.
    group = ["--gid", NAME] if _has_group() else ["--user-group"]
    home = ["--no-create-home", "--home-dir", NO_HOME]
    return [useradd, "--system", *home, "--shell", shell, *group, NAME]


def _has_group() -> bool:
    try:
        grp.getgrnam(NAME)
    except KeyError:
        return False
    return True


@contextmanager
def _alone() -> Generator[None]:
    """Wait until nobody else makes the user."""
    file = open_lock_file(LOCK)
    try:
        if not lock_by(file, time.monotonic() + PATIENCE_SECONDS):
            raise _refusal(f"is being made all the time by a process that has locked {LOCK}")
        yield
    finally:
        unlock(file)


def _refusal(what: str) -> DatabaseUnavailable:
    return DatabaseUnavailable(
        f"PostgreSQL refuses to run as root, and its user {NAME} {what}: start the program as an "
        f"ordinary user, or make that user (`useradd --system --shell {NO_SHELLS[0]} {NAME}`), or "
        "set DATABASE_URL."
    )
