"""Files whose locks keep processes apart. The kernel releases a lock when its process ends."""

import fcntl
import os
import time
from contextlib import suppress
from pathlib import Path
from typing import IO, Final

PAUSE_SECONDS: Final = 0.05  # between two looks at a lock that is awaited


def open_lock_file(path: Path) -> IO[bytes]:
    """Open a file, made if need be, whose lock nobody can hold but its folder's owner and root."""
    file = os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "rb+")
    with suppress(PermissionError):  # it is another user's, who lets us write to it
        os.fchmod(file.fileno(), 0o600)
        folder = path.parent.stat()
        os.fchown(file.fileno(), folder.st_uid, folder.st_gid)
    return file


def try_lock(file: IO[bytes], kind: int) -> bool:
    """Take a lock of the file, if it is to be had at once."""
    try:
        fcntl.flock(file, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def lock_by(file: IO[bytes], deadline: float) -> bool:
    """Wait for the exclusive lock until a time of the monotonic clock; tell whether we have it."""
    while not try_lock(file, fcntl.LOCK_EX):
        if time.monotonic() > deadline:
            return False
        time.sleep(PAUSE_SECONDS)
    return True


def unlock(file: IO[bytes]) -> None:
    """Close the file and release its lock, which a child that is just being forked holds too."""
    fcntl.flock(file, fcntl.LOCK_UN)
    file.close()
