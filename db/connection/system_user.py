"""The system user for PostgreSQL where the program is root: PostgreSQL refuses to run as root.

The user is made at the first need, once on a machine, however many processes need it at once.
"""

import grp
import os
import pwd
import shutil
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from db.connection.errors import DatabaseUnavailable
from db.connection.lock_files import PAUSE_SECONDS, locked

NAME: Final = "pgserver"

LOCK: Final = Path("/etc/.pgserver.lock")
"""The lock is in the folder of the users: processes that share the users, as in a container, share
the lock. Where the lock can't be made, no user can be made either."""

# The PATH of root lacks these in some environments, such as cron's.
SYSTEM_PROGRAMS: Final = "/usr/local/sbin:/usr/sbin:/sbin"
NO_SHELLS: Final = ("/usr/sbin/nologin", "/sbin/nologin", "/bin/false")
NO_HOME: Final = "/nonexistent"

PATIENCE_SECONDS: Final = 60.0
"""To wait for another process that makes the user, and for a cache that has no such user yet."""


def user_for_root() -> pwd.struct_passwd:
    """Return the user; make it if the machine has no user of this name.

    Raises:
        DatabaseUnavailable: the user can't be made, or is root by another name.
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
        otherwise = _refusal(f"is being made all the time by a process that has locked {LOCK}")
        with locked(LOCK, time.monotonic() + PATIENCE_SECONDS, otherwise):
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
        start_new_session=True,  # a Ctrl-C in the terminal must not stop it halfway
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
    """Return the command that makes a system user without a home and a login shell."""
    useradd = shutil.which(
        "useradd", path=f"{os.environ.get('PATH', os.defpath)}:{SYSTEM_PROGRAMS}"
    )
    if useradd is None:
        raise _refusal("can't be made (there is no useradd here)")
    shell = next(filter(os.path.exists, NO_SHELLS), NO_SHELLS[-1])
    # A user that was removed, or not made to the end, may have left its group.
    group = ["--gid", NAME] if _has_group() else ["--user-group"]
    home = ["--no-create-home", "--home-dir", NO_HOME]
    return [useradd, "--system", *home, "--shell", shell, *group, NAME]


def _has_group() -> bool:
    try:
        grp.getgrnam(NAME)
    except KeyError:
        return False
    return True


def _refusal(what: str) -> DatabaseUnavailable:
    return DatabaseUnavailable(
        f"PostgreSQL refuses to run as root, and its user {NAME} {what}: start the program as an "
        f"ordinary user, or make that user (`useradd --system --shell {NO_SHELLS[0]} {NAME}`), or "
        "set DATABASE_URL."
    )
