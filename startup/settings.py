"""Settings from the environment or a `.env` file, checked once, at start."""

import os
import re
import stat
from collections.abc import Callable, Collection
from datetime import timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Literal, NamedTuple, Self
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from dotenv.parser import Binding, parse_stream
from pydantic import BeforeValidator, SecretStr, ValidationError, model_validator
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from db.connection.database_url import read_database_url, split_url
from startup.setting_names import has_our_look, meant

TELEGRAM_API_URL = "https://api.telegram.org"

# Ten years: no timestamp in the database gets anywhere near the end of its range.
LONGEST_DURATION = timedelta(days=3650)

_ENV_FILE = Path(".env")
_ENV_FILE_ENCODING = "utf-8-sig"  # some editors begin a file with a byte order mark

_DURATION = re.compile(
    r"(?:(?P<days>[0-9]{1,9})d)?(?:(?P<hours>[0-9]{1,9})h)?"
    r"(?:(?P<minutes>[0-9]{1,9})m)?(?:(?P<seconds>[0-9]{1,9})s)?",
    re.IGNORECASE,
)
_BOT_TOKEN = re.compile(r"[0-9]{1,20}:[A-Za-z0-9_-]{10,}")
_WEBHOOK_SECRET = re.compile(r"[A-Za-z0-9_-]{16,256}")
_HOST_AND_PORT = re.compile(
    r"(?:\[(?P<ipv6>[^\[\]]*)\]|(?P<name>[^\s:/\[\]]+)):(?P<port>[0-9]{1,5})"
)
_DATABASE_HOST = re.compile(
    r"(?:\[[0-9A-Fa-f:.]+(?:%[^\]]+)?\]|(?P<name>[^\s:\[\]]*))(?::(?P<port>[0-9]{1,5}))?"
)
_LAST_PORT = 65535

# What may be shown of a name that is no setting: with anything else, a value may stand in it.
_PLAIN_NAME = re.compile(r"[A-Z_]{1,40}")


class SettingsError(ValueError):
    """A setting is wrong; the message is one line: its name, what is wrong, and how to mend it."""


class Address(NamedTuple):
    """Where a server listens; port 0 lets the system choose one."""

    host: str
    port: int


def _text(parse: Callable[[str], object]) -> BeforeValidator:
    """Apply a parser to text only, so that tests can pass values that are parsed already."""

    def validate(value: object) -> object:
        return parse(value.strip()) if isinstance(value, str) else value

    return BeforeValidator(validate)


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


def _parse_warn_before(text: str) -> timedelta | None:
    return None if text.lower() == "off" else _parse_duration(text)


def _parse_admin_ids(text: str) -> frozenset[int]:
    ids = [part.strip() for part in text.split(",") if part.strip()]
    # Telegram's user ids are positive and have at most 52 significant bits.
    if not all(re.fullmatch(r"[0-9]{1,16}", part) and 0 < int(part) < 1 << 52 for part in ids):
        raise ValueError(
            "must be Telegram user ids (numbers, not @names) separated by commas: "
            "for example 123456789,987654321"
        )
    return frozenset(int(part) for part in ids)


def _parse_allowed_ids(text: str) -> frozenset[int]:
    ids = [part.strip() for part in text.split(",") if part.strip()]
    if not all(
        re.fullmatch(r"-?[0-9]{1,16}", part) and 0 < abs(int(part)) < 1 << 52 for part in ids
    ):
        raise ValueError(
            "must be Telegram ids of people and groups (numbers, those of groups with a minus) "
            "separated by commas: for example 123456789,-1001234567890"
        )
    return frozenset(int(part) for part in ids)


def _parse_address(text: str) -> Address:
    match = _HOST_AND_PORT.fullmatch(text)
    if match is None or int(match["port"]) > _LAST_PORT:
        raise ValueError(
            "must be a host and a port from 0 to 65535: for example 127.0.0.1:8080 or [::1]:8080"
        )
    if match["ipv6"] is not None and not _is_ip_address(match["ipv6"]):
        raise ValueError("has no IPv6 address between its brackets: for example [::1]:8080")
    if match["name"] is not None and not _is_host_name(match["name"]):
        raise ValueError("has no valid host: for example 127.0.0.1:8080 or [::1]:8080")
    return Address(match["ipv6"] or match["name"], int(match["port"]))


def _is_ip_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def _is_host_name(text: str) -> bool:
    """Tell whether a name can be looked up; Python encodes it so first, in labels of 1-63 bytes."""
    try:
        text.encode("idna")
    except UnicodeError:
        return False
    return "\0" not in text


def _is_loopback(host: str) -> bool:
    return host == "localhost" or (_is_ip_address(host) and ip_address(host).is_loopback)


def _split_url(text: str, example: str) -> SplitResult:
    """Split an http(s) URL that has a host, and nothing that is out of place in a root."""
    try:
        url = urlsplit(text)
        usable = url.hostname is not None and _is_host_name(url.hostname) and url.port != 0
    except ValueError:
        usable = False
        url = urlsplit("")
    if not usable or re.search(r"\s", text):
        raise ValueError(f"is not a URL with a host: for example {example}")
    if url.username is not None or url.query or url.fragment:
        raise ValueError(f"must not hold a user, a query or a fragment: for example {example}")
    return url


def _parse_telegram_api_url(text: str) -> str:
    if _split_url(text, "http://127.0.0.1:8081").scheme not in {"http", "https"}:
        raise ValueError("must start with http:// or https://: for example http://127.0.0.1:8081")
    return text.rstrip("/")


def _parse_webhook_url(text: str) -> str:
    example = "https://bot.example.org/webhook"
    url = _split_url(text, example)
    local = url.scheme == "http" and _is_loopback(url.hostname or "")
    if url.scheme != "https" and not local:
        raise ValueError(f"must start with https://, Telegram calls nothing else: {example}")
    return text


def _parse_bot_token(text: str) -> SecretStr:
    if not _BOT_TOKEN.fullmatch(text):
        raise ValueError(
            "is not a bot token: copy it whole from @BotFather, "
            "it looks like 123456789:AAExampleExampleExampleExampleExamp"
        )
    return SecretStr(text)


def _parse_webhook_secret(text: str) -> SecretStr:
    if not _WEBHOOK_SECRET.fullmatch(text):
        raise ValueError(
            "must be 16 to 256 of the characters A-Z a-z 0-9 _ -: "
            "make one with `openssl rand -hex 32`"
        )
    return SecretStr(text)


def _parse_database_url(text: str) -> SecretStr:
    example = "postgresql://user:password@localhost:5432/fridge"
    if not text.startswith(("postgresql://", "postgres://")):
        raise ValueError(f"must start with postgresql://: for example {example}")
    if not _has_database_hosts(text):
        raise ValueError(
            "has no valid host and port (a password with / ? # @ or : in it must be "
            f"percent-encoded): for example {example}"
        )
    if not _has_readable_query(text):
        raise ValueError(
            f"has a query that is not name=value pairs: for example {example}?sslmode=require"
        )
    read_database_url(text)
    return SecretStr(text)


def _has_readable_query(text: str) -> bool:
    query = split_url(text).query
    try:
        parse_qs(query, strict_parsing=bool(query))
    except ValueError:
        return False
    return True


def _has_database_hosts(text: str) -> bool:
    url = split_url(text)
    # An @ behind the first is the end of a password that was cut off at its @ or / or # or ?.
    user, _, netloc = url.netloc.rpartition("@")
    cut_off = "@" in user + url.path + url.fragment or ("@" in url.query and not user)
    lists = [netloc, *parse_qs(url.query).get("host", [])]
    hosts = [host for hosts in lists for host in hosts.split(",")]
    return not cut_off and not re.search(r"\s", text) and all(map(_is_database_host, hosts))


def _is_database_host(text: str) -> bool:
    name = unquote(text)
    if name.startswith("/"):  # the folder of a Unix socket
        return "\0" not in name
    match = _DATABASE_HOST.fullmatch(text)
    if match is None or not 0 < int(match["port"] or 1) <= _LAST_PORT:
        return False
    return _is_host_name(unquote(match["name"] or ""))


def _parse_path(text: str) -> Path:
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


def _parse_log_level(text: str) -> str:
    name = text.upper()
    if name not in {"DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"}:
        raise ValueError("must be one of DEBUG, INFO, WARNING, ERROR or CRITICAL: for example INFO")
    return name


class Settings(BaseSettings):
    """Everything the operator can set. Secrets show themselves in no repr, log or error."""

    model_config = SettingsConfigDict(
        env_file=_ENV_FILE,
        env_file_encoding=_ENV_FILE_ENCODING,
        extra="ignore",
        frozen=True,
        hide_input_in_errors=True,
    )

    bot_token: Annotated[SecretStr | None, _text(_parse_bot_token)] = None
    telegram_api_url: Annotated[str, _text(_parse_telegram_api_url)] = TELEGRAM_API_URL
    database_url: Annotated[SecretStr | None, _text(_parse_database_url)] = None
    data_dir: Annotated[Path, _text(_parse_path)] = Path("data")
    playground: Annotated[bool, _text(_parse_switch)] = False
    admin_ids: Annotated[frozenset[int], NoDecode, _text(_parse_admin_ids)] = frozenset()
    allowed_ids: Annotated[frozenset[int], NoDecode, _text(_parse_allowed_ids)] = frozenset()
    session_ttl: Annotated[timedelta, _text(_parse_duration)] = timedelta(hours=24)
    warn_before: Annotated[timedelta | None, _text(_parse_warn_before)] = timedelta(hours=2)
    cleanup_interval: Annotated[timedelta, _text(_parse_duration)] = timedelta(hours=1)
    webhook_url: Annotated[str | None, _text(_parse_webhook_url)] = None
    webhook_secret: Annotated[SecretStr | None, _text(_parse_webhook_secret)] = None
    listen: Annotated[Address, NoDecode, _text(_parse_address)] = Address("127.0.0.1", 8080)
    start_patience: Annotated[timedelta, _text(_parse_duration)] = timedelta(minutes=5)
    reply_in_response: Annotated[bool, _text(_parse_switch)] = True
    flood_limits: Annotated[bool | None, _text(_parse_switch)] = None
    log_level: Annotated[
        Literal["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"], _text(_parse_log_level)
    ] = "INFO"

    @model_validator(mode="before")
    @classmethod
    def _drop_empty(cls, values: dict[str, object]) -> dict[str, object]:
        """Let an empty variable mean its default, also where it hides one in `.env`."""
        return {
            name: value
            for name, value in values.items()
            if value is not None and not (isinstance(value, str) and not value.strip())
        }

    @model_validator(mode="after")
    def _check_together(self) -> Self:
        if self.bot_token is not None and self.playground:
            raise ValueError(
                "PLAYGROUND=on and BOT_TOKEN exclude each other: remove PLAYGROUND to go live, "
                "or BOT_TOKEN to open the playground"
            )
        if self.bot_token is None:
            for name in ("telegram_api_url", "webhook_url"):
                if name in self.model_fields_set:
                    raise ValueError(
                        f"{name.upper()} needs BOT_TOKEN: set BOT_TOKEN to the token "
                        f"from @BotFather, or remove {name.upper()}"
                    )
        if self.webhook_url is not None and self.webhook_secret is None:
            raise ValueError(
                "WEBHOOK_SECRET is required with WEBHOOK_URL: set it to what "
                "`openssl rand -hex 32` prints"
            )
        return self

    @property
    def listens(self) -> bool:
        """Whether anything listens on `LISTEN`: the playground or the webhook."""
        return self.bot_token is None or self.webhook_url is not None

    @property
    def paces_itself(self) -> bool:
        """Whether to keep to Telegram's limits on sending, by default with its own server only."""
        if self.flood_limits is None:
            return self.bot_token is not None and self.telegram_api_url == TELEGRAM_API_URL
        return self.flood_limits

    @property
    def server_dir(self) -> Path:
        """Where the embedded PostgreSQL is: the playground's people have one of their own."""
        return self.data_dir if self.bot_token else self.data_dir / "playground"

    @property
    def warning_lead(self) -> timedelta | None:
        """How long before a fridge empties itself its chat is warned: at most half of its life."""
        return None if self.warn_before is None else min(self.warn_before, self.session_ttl / 2)

    def secrets(self) -> tuple[str, ...]:
        """Return what must never be logged: the token, the webhook secret, database passwords."""
        own = [
            secret.get_secret_value() for secret in (self.bot_token, self.webhook_secret) if secret
        ]
        if self.database_url is not None:
            own += _database_passwords(self.database_url.get_secret_value())
        return tuple(own)


def _database_passwords(url: str) -> list[str]:
    """Return the passwords of a database URL, as they are written and as they are meant."""
    parts = split_url(url)
    written = parts.netloc.rpartition("@")[0].partition(":")[2]
    query = parse_qs(parts.query)
    in_query = [*query.get("password", []), *query.get("sslpassword", [])]
    return [password for password in (written, unquote(written), *in_query) if password]


def _explain(error: ErrorDetails) -> str:
    """Put a validation error into one line; every validator's own message holds no value."""
    message = error["msg"].removeprefix("Value error, ")
    return " ".join([*(str(part).upper() for part in error["loc"][:1]), message])


def _check_env_file(settings: Collection[str]) -> None:
    """Refuse what python-dotenv would skip: a bot whose token is lost opens the playground."""
    if not _ENV_FILE.is_file():
        if _ENV_FILE.exists() or _ENV_FILE.is_symlink():
            raise SettingsError(
                ".env is not a regular file: make it a text file of NAME=value lines, or remove it"
            )
        return
    with _ENV_FILE.open(encoding=_ENV_FILE_ENCODING) as file:
        for binding in parse_stream(file):
            if binding.error or (binding.key is not None and binding.value is None):
                raise SettingsError(
                    f".env has no NAME=value in line {_line(binding)} "
                    "(a quote may be open there): mend the line, or put a # before it"
                )
            if binding.key is not None:
                _check_name_in_file(binding.key, _line(binding), settings)


def _line(binding: Binding) -> int:
    text = binding.original.string
    return binding.original.line + text[: -len(text.lstrip())].count("\n")


def _check_name_in_file(written: str, line: int, settings: Collection[str]) -> None:
    """Refuse a name that is near to one of the settings, or that begins as one of them does."""
    name = written.upper()
    if name in settings:
        return
    if setting := meant(name, settings):
        raise SettingsError(
            f".env sets {ascii(written)[1:-1]} in line {line}, which is no setting: "
            f"did you mean {setting}?"
        )
    if has_our_look(name, settings):
        shown = f"sets {written}" if _PLAIN_NAME.fullmatch(name) else "has a name"
        raise SettingsError(
            f".env {shown} in line {line} that is no setting: `run_bot.py --help` lists the "
            "settings; mend the line, or put a # before it"
        )


def _check_environment(settings: Collection[str]) -> None:
    """Refuse a name that is near to one of the settings; others are for other programs."""
    for name in os.environ:
        if name.upper() not in settings and (setting := meant(name.upper(), settings)):
            raise SettingsError(
                f"The environment sets {ascii(name)[1:-1]}, which is no setting: "
                f"did you mean {setting}? Rename the variable, or unset it"
            )


def load_settings() -> Settings:
    """Read the environment and `.env` in the working directory; the environment wins.

    Raises:
        SettingsError: a setting is wrong; the message is one line and holds no secret.
    """
    names = [name.upper() for name in Settings.model_fields]
    try:
        _check_env_file(names)
        _check_environment(names)
        return Settings()
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=True, include_input=False)[0]
        raise SettingsError(_explain(first)) from None
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise SettingsError(
            f".env can't be read ({reason}): make it a text file of NAME=value lines, or remove it"
        ) from None


def check_playground_is_meant(settings: Settings) -> None:
    """Keep the playground off a database that may hold what real people put into their fridges.

    Raises:
        SettingsError: there is a `DATABASE_URL`, no token, and nobody has asked for the playground.
    """
    if settings.database_url and not settings.bot_token and not settings.playground:
        raise SettingsError(
            "DATABASE_URL is set, and BOT_TOKEN is not: set BOT_TOKEN to go live, or PLAYGROUND=on "
            "to open the playground on a database of its own"
        )


def env_file_warning(settings: Settings) -> str:
    """Tell in a line that others on the machine may read the secrets of `.env`, or change it.

    Returns:
        The line; nothing where they may not, or there is no such file.
    """
    try:
        mode = stat.S_IMODE(_ENV_FILE.stat().st_mode)
        text = _ENV_FILE.read_text(encoding=_ENV_FILE_ENCODING)
    except FileNotFoundError:
        return ""
    holds_secrets = any(secret in text for secret in settings.secrets())
    if mode & (stat.S_IWGRP | stat.S_IWOTH) or (holds_secrets and mode & stat.S_IROTH):
        return (
            f".env can be read or changed by other users of this machine (its mode is {mode:04o}): "
            "run `chmod 600 .env`"
        )
    return ""
