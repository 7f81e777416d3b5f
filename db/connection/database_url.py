"""Translates a database URL for the driver.

Providers of PostgreSQL write URLs for libpq. The driver has only some of libpq's parameters; it
sends the others to the server, which then refuses the connection.
"""

import os
import re
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import SplitResult, parse_qsl, urlencode, urlsplit

APPLICATION_NAME: Final = "fridge-bot"
"""The name by which PostgreSQL lists the program's connections, unless the URL has another."""

# https://www.postgresql.org/docs/18/libpq-connect.html#LIBPQ-PARAMKEYWORDS
WITHOUT_EFFECT: Final = frozenset(
    {
        "client_encoding",  # the driver speaks UTF-8
        "keepalives",  # the time limit of a statement notices a lost connection
        "keepalives_count",
        "keepalives_idle",
        "keepalives_interval",
        "load_balance_hosts",  # the bot needs the one server that takes writes
        "max_protocol_version",  # the driver speaks the oldest version
        "pgbouncer",  # a hint for Prisma, in the URLs of Supabase
        "sslcompression",  # no server has compression any more
        "tcp_user_timeout",
    }
)

WHAT_THE_DRIVER_DOES: Final[Mapping[str, tuple[str, ...]]] = {
    "channel_binding": ("disable", "prefer", "require"),  # see `remark`
    "gssdelegation": ("0",),
    "gssencmode": ("disable", "prefer"),
    "hostaddr": (),
    "min_protocol_version": ("3.0",),
    "oauth_client_id": (),
    "oauth_client_secret": (),
    "oauth_issuer": (),
    "oauth_scope": (),
    "replication": ("false", "off", "no", "0"),
    "require_auth": (),
    "requirepeer": (),
    "scram_client_key": (),
    "scram_server_key": (),
    "ssl": ("true",),  # as JDBC writes it, which libpq understands too
    "sslcertmode": ("allow",),
    "sslcrldir": (),
    "sslkeylogfile": (),
    "sslsni": ("1",),
}
"""The parameters of which the driver supports only these values; others are refused."""

FILES: Final = frozenset({"sslcert", "sslcrl", "sslkey", "sslrootcert"})

NO_BINDING: Final = (
    "DATABASE_URL asks for channel_binding=require, which the database driver does not have: the "
    "password is sent by SCRAM, but without it. Add sslmode=verify-full to have the server's "
    "certificate checked instead, with sslrootcert=system if a public authority has signed it"
)


class ParameterRefused(ValueError):  # noqa: N818 (a state of the URL, not a slip of the caller)
    """A parameter can't be fulfilled. The message continues a sentence after the setting's name."""


@dataclass(frozen=True, slots=True)
class DatabaseUrl:
    """A URL with parameters that the driver takes, and the other parameters in its terms.

    `connect_timeout` is in seconds for each server. `tls` checks the server's certificate; it is
    None if the URL itself tells the driver. `remark` is a line for the operator.
    """

    url: str = field(repr=False)
    connect_timeout: float | None = None
    application_name: str = APPLICATION_NAME
    tls: ssl.SSLContext | None = None
    remark: str = ""


def split_url(text: str) -> SplitResult:
    """Split a URL that libpq takes into its parts.

    urllib of newer versions of Python refuses several hosts if one is an IPv6 address.
    """
    scheme, mark, rest = text.partition("://")
    after_hosts = re.sub(r"^[^/?#]*", "", rest)
    hosts = rest[: len(rest) - len(after_hosts)]
    return urlsplit(f"{scheme}{mark}{after_hosts}")._replace(netloc=hosts)


def read_database_url(text: str) -> DatabaseUrl:
    """Read a URL that libpq takes.

    Raises:
        ParameterRefused: the driver can't fulfil a parameter.
        ValueError: the query is not made of name=value pairs.
    """
    query = split_url(text).query
    asked = dict(parse_qsl(query, strict_parsing=bool(query)))
    given = {name: value for name, value in asked.items() if name not in WITHOUT_EFFECT}
    for name in WHAT_THE_DRIVER_DOES.keys() & given.keys():
        _check(name, given.pop(name))
    if "ssl" in asked:
        given.setdefault("sslmode", "require")
    fallback = given.pop("fallback_application_name", APPLICATION_NAME)
    application_name = given.pop("application_name", fallback)
    connect_timeout = _seconds(given.pop("connect_timeout", "0"))
    tls = _take_tls(given)
    is_checked = tls is not None or given.get("sslmode") == "verify-full"
    is_bound = asked.get("channel_binding") != "require"
    _check_files(given)
    if given != asked:
        text, _, _ = text.partition("?")
        text += f"?{urlencode(given)}" if given else ""
    return DatabaseUrl(
        text,
        connect_timeout,
        application_name,
        tls,
        remark="" if is_bound or is_checked else NO_BINDING,
    )


def _check(name: str, value: str) -> None:
    done = WHAT_THE_DRIVER_DOES[name]
    if value in done:
        return
    mending = f"set it to {' or '.join(done)}, or remove it" if done else "remove it"
    raise ParameterRefused(f"has a {name} that the database driver can't fulfil: {mending}")


def _check_files(given: Mapping[str, str]) -> None:
    """Refuse a missing file by its parameter: the driver's error would not name it."""
    for name in FILES & given.keys():
        if not os.access(given[name], os.R_OK):
            raise ParameterRefused(f"has a {name} that names no file that can be read")


def _seconds(text: str) -> float | None:
    """Read `connect_timeout`; None for libpq's "no limit", in whose place the default is used."""
    try:
        seconds = int(text)
    except ValueError:
        raise ParameterRefused("has a connect_timeout that is no whole number of seconds") from None
    return seconds if seconds > 0 else None


def _take_tls(given: dict[str, str]) -> ssl.SSLContext | None:
    """Take out `sslrootcert=system`, the system's trusted authorities, which the driver lacks.

    https://www.postgresql.org/docs/18/libpq-ssl.html#LIBPQ-SSL-CERTIFICATES
    """
    if given.get("sslrootcert") != "system":
        return None
    if given.get("sslmode", "verify-full") != "verify-full":
        raise ParameterRefused("has sslrootcert=system: it needs sslmode=verify-full")
    given.pop("sslrootcert")
    given.pop("sslmode", None)
    for name in FILES & given.keys():
        raise ParameterRefused(f"has {name} beside sslrootcert=system: name a file there too")
    context = ssl.create_default_context()
    context.set_alpn_protocols(["postgresql"])
    return context
