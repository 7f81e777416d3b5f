"""What a database URL asks for, in terms of the driver.

A URL as a provider of PostgreSQL hands it out is written for libpq, whose parameters the driver has
in part. It sends those that it does not know to the server, which refuses the connection.
"""

import os
import re
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import SplitResult, parse_qsl, urlencode, urlsplit

APPLICATION_NAME: Final = "fridge-bot"
"""What PostgreSQL lists a connection of the program under, unless the URL says otherwise."""

# https://www.postgresql.org/docs/18/libpq-connect.html#LIBPQ-PARAMKEYWORDS
WITHOUT_EFFECT: Final = frozenset(
    {
        "client_encoding",  # the driver speaks UTF-8, and gives texts that have no encoding
        "keepalives",  # a statement has a time limit, after which its connection is given up
        "keepalives_count",
        "keepalives_idle",
        "keepalives_interval",
        "load_balance_hosts",  # one server takes writes, and the bot needs that one
        "max_protocol_version",  # the driver speaks the oldest
        "pgbouncer",  # a hint for Prisma, from Supabase's pages
        "sslcompression",  # no server has it any more
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
"""The values of what the driver does in one way only. It is better refused than left undone."""

FILES: Final = frozenset({"sslcert", "sslcrl", "sslkey", "sslrootcert"})

NO_BINDING: Final = (
    "DATABASE_URL asks for channel_binding=require, which the database driver does not have: the "
    "password is sent by SCRAM, but without it. Add sslmode=verify-full to have the server's "
    "certificate checked instead, with sslrootcert=system if a public authority has signed it"
)


class ParameterRefused(ValueError):  # noqa: N818 (a state of the URL, not a slip of the caller)
    """A parameter can't be fulfilled; the message says which, after the setting's name."""


@dataclass(frozen=True, slots=True)
class DatabaseUrl:
    """A URL that has only what the driver takes, and what else it asks for.

    `connect_timeout` is in seconds for each server. `tls` is how a server's certificate is checked,
    None where the URL says it in words that the driver has. `remark` is a line for the operator.
    """

    url: str = field(repr=False)
    connect_timeout: float | None = None
    application_name: str = APPLICATION_NAME
    tls: ssl.SSLContext | None = None
    remark: str = ""


def split_url(text: str) -> SplitResult:
    """Split a URL that libpq takes into its parts.

    urllib in newer versions of Python refuses several hosts where one is an IPv6 address.
    """
    scheme, mark, rest = text.partition("://")
    after_hosts = re.sub(r"^[^/?#]*", "", rest)
    hosts = rest[: len(rest) - len(after_hosts)]
    return urlsplit(f"{scheme}{mark}{after_hosts}")._replace(netloc=hosts)


def read_database_url(text: str) -> DatabaseUrl:
    """Read a URL that libpq takes.

    Raises:
        ParameterRefused: it asks for something that the driver does not do.
        ValueError: its query is not name=value pairs.
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
    """Say which file is missing; the driver would only say that some file is."""
    for name in FILES & given.keys():
        if not os.access(given[name], os.R_OK):
            raise ParameterRefused(f"has a {name} that names no file that can be read")


def _seconds(text: str) -> float | None:
    """How long to wait for a server; None for libpq's "without end", which nobody wants here."""
    try:
        seconds = int(text)
    except ValueError:
        raise ParameterRefused("has a connect_timeout that is no whole number of seconds") from None
    return seconds if seconds > 0 else None


def _take_tls(given: dict[str, str]) -> ssl.SSLContext | None:
    """Take out what asks for the authorities that the system trusts: the driver has no word for it.

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
