"""Keeps the program running where a standard stream is closed, full or broken."""

import os
import sys
from pathlib import Path
from typing import Final, TextIO

STANDARD_STREAMS: Final = 3


def open_closed_streams() -> None:
    """Open closed standard streams on /dev/null.

    Otherwise the next file or socket that the program opens would get the number of the closed
    stream, and a library or a child process that writes to the stream would write into that file.
    """
    for number in range(STANDARD_STREAMS):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # gets the lowest free number, which is this one
    # Python sets a stream to None that was closed when Python started.
    sys.stdout = sys.stdout or _nowhere()
    sys.stderr = sys.stderr or _nowhere()


def say(line: str, stream: TextIO) -> None:
    """Write a line for the operator; a line that can't be written is lost without an error."""
    try:
        print(line, file=stream, flush=True)
    except OSError:  # a full disk, or a pipe that nobody reads any more
        return


def discard_broken_output() -> None:
    """Discard buffered text that can't be written, as the last act of the program.

    Otherwise Python would try to write it once more, and end the program with status 120.
    """
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:
            with _nowhere() as nowhere:
                os.dup2(nowhere.fileno(), stream.fileno())


def _nowhere() -> TextIO:
    return Path(os.devnull).open("w", encoding="utf-8")
