"""The real program in its playground, as a process of its own."""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from threading import Timer
from typing import IO

from startup.settings.settings import Settings

PROGRAM = Path(__file__).parents[2] / "run_bot.py"
START_SECONDS = 60
STOP_SECONDS = 30


@contextmanager
def running_playground(**settings: str) -> Generator[str]:
    """Runs the program with empty data on a free port; yields the address of its page.

    Args:
        settings: of the bot, named as in the environment.
    """
    # Short, for a Unix socket inside; and the working directory, so that no .env file is read.
    directory = Path(tempfile.mkdtemp(prefix="fridge-", dir="/tmp"))
    process = subprocess.Popen(
        [sys.executable, PROGRAM],
        cwd=directory,
        env=_environment(directory / "data") | settings,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        with process:
            try:
                yield _address(process)
            finally:
                _stop(process)
    finally:
        shutil.rmtree(directory)


def _environment(data_directory: Path) -> dict[str, str]:
    """This process's environment with no setting of the bot's but these, and unwatched."""
    left_out = {"COVERAGE_PROCESS_CONFIG", *(name.upper() for name in Settings.model_fields)}
    inherited = {name: value for name, value in os.environ.items() if name.upper() not in left_out}
    return inherited | {
        "DATA_DIR": str(data_directory),
        "LISTEN": "127.0.0.1:0",
        "LOG_LEVEL": "WARNING",
    }


def _address(process: subprocess.Popen[str]) -> str:
    """The address that the program prints when it is ready.

    Raises:
        RuntimeError: it has ended, or was ended because it took too long.
    """
    too_late = Timer(START_SECONDS, process.kill)
    too_late.start()
    try:
        for line in _output(process):
            if match := re.search(r"http://127\.0\.0\.1:\d+", line):
                return match[0]
    finally:
        too_late.cancel()
    raise RuntimeError(f"run_bot.py ended with status {process.wait()} before it was ready")


def _output(process: subprocess.Popen[str]) -> IO[str]:
    assert process.stdout is not None
    return process.stdout


def _stop(process: subprocess.Popen[str]) -> None:
    process.terminate()
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        raise
