"""The `.env` file, and the names in it and in the environment: a mistyped name is refused."""

import os
import re
import stat
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import Final

from dotenv.parser import Binding, parse_stream

from startup.errors import SettingsError
from startup.settings.names import looks_like_a_setting, meant_setting

ENV_FILE: Final = Path(".env")
ENV_FILE_ENCODING: Final = "utf-8-sig"
"""UTF-8, with or without the byte order mark that some editors write first."""

_PLAIN_NAME: Final = re.compile(r"[A-Z_]{1,40}")
"""A name that may be shown although it is no setting; any other may have a value in it."""


def check_env_file(settings: Collection[str]) -> None:
    """Refuse lines that python-dotenv would skip, and names that look like a setting's.

    A bot whose token is skipped would open the playground.

    Args:
        settings: the names of the settings, in upper case.

    Raises:
        SettingsError: the file is no regular file, or one of its lines is refused.
        OSError, UnicodeDecodeError: the file can't be read.
    """
    if not ENV_FILE.is_file():
        if ENV_FILE.exists() or ENV_FILE.is_symlink():
            raise SettingsError(
                ".env is not a regular file: make it a text file of NAME=value lines, or remove it"
            )
        return
    with ENV_FILE.open(encoding=ENV_FILE_ENCODING) as file:
        for binding in parse_stream(file):
            if binding.error or (binding.key is not None and binding.value is None):
                raise SettingsError(
                    f".env has no NAME=value in line {_line(binding)} "
                    "(a quote may be open there): mend the line, or put a # before it"
                )
            if binding.key is not None:
                _check_name(binding.key, _line(binding), settings)


def check_environment(settings: Collection[str]) -> None:
    """Refuse a name that is near to a setting's; all others are for other programs.

    Args:
        settings: the names of the settings, in upper case.

    Raises:
        SettingsError: a variable has a mistyped name.
    """
    for name in os.environ:
        if name.upper() not in settings and (setting := meant_setting(name.upper(), settings)):
            raise SettingsError(
                f"The environment sets {ascii(name)[1:-1]}, which is no setting: "
                f"did you mean {setting}? Rename the variable, or unset it"
            )


def env_file_warning(secrets: Iterable[str]) -> str:
    """Say in a line that other users of the machine may read the secrets of `.env`, or change it.

    Args:
        secrets: of the settings.

    Returns:
        The line; empty where other users may not, or where there is no such file.
    """
    try:
        mode = stat.S_IMODE(ENV_FILE.stat().st_mode)
        text = ENV_FILE.read_text(encoding=ENV_FILE_ENCODING)
    except FileNotFoundError:
        return ""
    holds_secrets = any(secret in text for secret in secrets)
    if mode & (stat.S_IWGRP | stat.S_IWOTH) or (holds_secrets and mode & stat.S_IROTH):
        return (
            f".env can be read or changed by other users of this machine (its mode is {mode:04o}): "
            "run `chmod 600 .env`"
        )
    return ""


def _line(binding: Binding) -> int:
    """Return the number of the line in which a binding begins, after the empty lines before it."""
    text = binding.original.string
    return binding.original.line + text[: -len(text.lstrip())].count("\n")


def _check_name(written: str, line: int, settings: Collection[str]) -> None:
    """Refuse a name that is near to a setting's, or that begins as a setting's does."""
    name = written.upper()
    if name in settings:
        return
    if setting := meant_setting(name, settings):
        raise SettingsError(
            f".env sets {ascii(written)[1:-1]} in line {line}, which is no setting: "
            f"did you mean {setting}?"
        )
    if looks_like_a_setting(name, settings):
        shown = f"sets {written}" if _PLAIN_NAME.fullmatch(name) else "has a name"
        raise SettingsError(
            f".env {shown} in line {line} that is no setting: `run_bot.py --help` lists the "
            "settings; mend the line, or put a # before it"
        )
