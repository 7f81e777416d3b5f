"""Standard streams that are closed, full or broken: they end nothing."""

import os
import sys
from pathlib import Path
from typing import Final, TextIO

STANDARD_STREAMS: Final = 3


def open_closed_streams() -> None:
    """Let closed standard streams lead nowhere.

    Otherwise the next files and sockets that the program opens would take their numbers, and
    whatever a library or a child process writes to a standard stream would go into these.
    """
    for number in range(STANDARD_STREAMS):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # takes the lowest number that is free: this one
    # Python itself leaves out those that were closed when it started.
    sys.stdout = sys.stdout or _nowhere()
    sys.stderr = sys.stderr or _nowhere()


def say(line: str, stream: TextIO) -> None:
    """Write a line for the operator; one that can't be written is lost, and nothing else is."""
    try:
        print(line, file=stream, flush=True)
    except OSError:  # a full disk, or a pipe that nobody reads any more
        return


def let_go_of_broken_streams() -> None:
    """Have what can't be written discarded, as the last act of the program.

    Python would try once more, and end the program with a status of its own (120).
    """
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:
            with _nowhere() as nowhere:
                os.dup2(nowhere.fileno(), stream.fileno())


def _nowhere() -> TextIO:
    return Path(os.devnull).open("w", encoding="utf-8")
