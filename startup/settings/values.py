"""The values of settings that are no addresses: durations, ids, switches, secrets, folders."""

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Final, Literal, get_args

from pydantic import SecretStr
from pydantic_settings import NoDecode

from startup.settings.fields import parsed_by

LONGEST_DURATION: Final = timedelta(days=3650)
"""Ten years: no timestamp in the database gets anywhere near the end of its range."""

_DURATION: Final = re.compile(
    r"(?:(?P<days>[0-9]{1,9})d)?(?:(?P<hours>[0-9]{1,9})h)?"
    r"(?:(?P<minutes>[0-9]{1,9})m)?(?:(?P<seconds>[0-9]{1,9})s)?",
    re.IGNORECASE,
)

END_OF_IDS: Final = 1 << 52
"""An id of Telegram's has at most 52 significant bits."""

_Level = Literal["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"]


def _parse_duration(text: str) -> timedelta:
    match = _DURATION.fullmatch(text)
    if match is None or not text:
        raise ValueError(
            "is not a duration: write a whole number with s, m, h or d, for example 45s, 90m or 24h"
        )
    parts = {unit: int(number) for unit, number in match.groupdict(default="0").items()}
    if not any(parts.values()):
        raise ValueError("must be longer than nothing: for example 24h")
    duration = timedelta(**parts)
    if duration > LONGEST_DURATION:
        raise ValueError(f"is too long: at most {LONGEST_DURATION.days}d, for example 7d")
    return duration


def _parse_duration_or_off(text: str) -> timedelta | None:
    return None if text.lower() == "off" else _parse_duration(text)


def _ids(form: str, mistake: str) -> Callable[[str], frozenset[int]]:
    """Return a parser of ids with commas between them.

    Args:
        form: a regular expression that matches one id as a whole.
        mistake: the message for a list with anything else in it.
    """

    def parse(text: str) -> frozenset[int]:
        parts = [part.strip() for part in text.split(",") if part.strip()]
        if not all(re.fullmatch(form, part) and 0 < abs(int(part)) < END_OF_IDS for part in parts):
            raise ValueError(mistake)
        return frozenset(map(int, parts))

    return parse


def _secret(form: str, mistake: str) -> Callable[[str], SecretStr]:
    """Return a parser of a secret.

    Args:
        form: a regular expression that matches the secret as a whole.
        mistake: the message for another text.
    """

    def parse(text: str) -> SecretStr:
        if not re.fullmatch(form, text):
            raise ValueError(mistake)
        return SecretStr(text)

    return parse


def _parse_folder(text: str) -> Path:
    try:
        return Path(text).expanduser()
    except RuntimeError:
        raise ValueError(
            "begins with an unknown home: write the whole path, for example ./data"
        ) from None


def _parse_switch(text: str) -> bool:
    match text.lower():
        case "on":
            return True
        case "off":
            return False
        case _:
            raise ValueError("must be on or off")


def _parse_level(text: str) -> str:
    name = text.upper()
    if name not in get_args(_Level):
        raise ValueError("must be one of DEBUG, INFO, WARNING, ERROR or CRITICAL: for example INFO")
    return name


Duration = Annotated[timedelta, parsed_by(_parse_duration)]
"""A whole number with a unit, such as `90m`, or several with falling units: `1d12h`."""

DurationOrOff = Annotated[timedelta | None, parsed_by(_parse_duration_or_off)]
"""A duration, or `off`, which is None."""

Switch = Annotated[bool, parsed_by(_parse_switch)]
"""`on` or `off`."""

Folder = Annotated[Path, parsed_by(_parse_folder)]
"""A path, in which `~` stands for a home."""

LogLevel = Annotated[_Level, parsed_by(_parse_level)]
"""A level of `logging`, in any case."""

AdminIds = Annotated[
    frozenset[int],
    NoDecode,
    parsed_by(
        _ids(
            "[0-9]{1,16}",
            "must be Telegram user ids (numbers, not @names) separated by commas: "
            "for example 123456789,987654321",
        )
    ),
]
"""Ids of people, which are positive."""

AllowedIds = Annotated[
    frozenset[int],
    NoDecode,
    parsed_by(
        _ids(
            "-?[0-9]{1,16}",
            "must be Telegram ids of people and groups (numbers, those of groups with a minus) "
            "separated by commas: for example 123456789,-1001234567890",
        )
    ),
]
"""Ids of people, and of groups, which are negative."""

BotToken = Annotated[
    SecretStr,
    parsed_by(
        _secret(
            "[0-9]{1,20}:[A-Za-z0-9_-]{10,}",
            "is not a bot token: copy it whole from @BotFather, "
            "it looks like 123456789:AAExampleExampleExampleExampleExamp",
        )
    ),
]
"""A token from @BotFather."""

WebhookSecret = Annotated[
    SecretStr,
    parsed_by(
        _secret(
            "[A-Za-z0-9_-]{16,256}",
            "must be 16 to 256 of the characters A-Z a-z 0-9 _ -: "
            "make one with `openssl rand -hex 32`",
        )
    ),
]
"""The secret in each post of Telegram: https://core.telegram.org/bots/api#setwebhook."""
