"""Lock files between processes. The kernel releases a lock when its process ends."""

import fcntl
import os
import time
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Final

PAUSE_SECONDS: Final = 0.05  # between two tries to take a lock


def open_lock_file(path: Path) -> IO[bytes]:
    """Open or make a lock file that only the owner of its folder, and root, can lock."""
    file = os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "rb+")
    with suppress(PermissionError):  # the file is another user's, and we may write to it
        os.fchmod(file.fileno(), 0o600)
        folder = path.parent.stat()
        os.fchown(file.fileno(), folder.st_uid, folder.st_gid)
    return file


def try_lock(file: IO[bytes], kind: int) -> bool:
    """Try to take a lock of the file; tell whether we have it."""
    try:
        fcntl.flock(file, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


@contextmanager
def locked(path: Path, deadline: float, otherwise: Exception) -> Generator[None]:
    """Hold the exclusive lock of a file that is opened or made.

    Raises:
        Exception: `otherwise`, if the lock is not free by a time of the monotonic clock.
    """
    file = open_lock_file(path)
    try:
        while not try_lock(file, fcntl.LOCK_EX):
            if time.monotonic() > deadline:
                raise otherwise
            time.sleep(PAUSE_SECONDS)
        yield
    finally:
        unlock(file)


def unlock(file: IO[bytes]) -> None:
    """Close the file and release its lock, which a child process would hold on to otherwise."""
    fcntl.flock(file, fcntl.LOCK_UN)
    file.close()
