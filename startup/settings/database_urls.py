"""URLs of PostgreSQL as libpq takes them: several hosts, Unix sockets, hosts in the query."""

import re
from typing import Annotated, Final
from urllib.parse import parse_qs, unquote

from pydantic import SecretStr

from db.connection.database_url import ParameterRefused, read_database_url, split_url
from startup.settings.addresses import LAST_PORT, is_host_name
from startup.settings.fields import parsed_by

_HOST: Final = re.compile(
    r"(?:\[[0-9A-Fa-f:.]+(?:%[^\]]+)?\]|(?P<name>[^\s:\[\]]*))(?::(?P<port>[0-9]{1,5}))?"
)


def passwords(url: str) -> list[str]:
    """Return the passwords of a database URL, both as written and percent-decoded."""
    parts = split_url(url)
    written = parts.netloc.rpartition("@")[0].partition(":")[2]
    query = parse_qs(parts.query)
    in_query = [*query.get("password", []), *query.get("sslpassword", [])]
    return [password for password in (written, unquote(written), *in_query) if password]


def _parse(text: str) -> SecretStr:
    example = "postgresql://user:password@localhost:5432/fridge"
    if not text.startswith(("postgresql://", "postgres://")):
        raise ValueError(f"must start with postgresql://: for example {example}")
    if not _has_hosts(text):
        raise ValueError(
            "has no valid host and port (a password with / ? # @ or : in it must be "
            f"percent-encoded): for example {example}"
        )
    try:
        read_database_url(text)
    except ParameterRefused:
        raise
    except ValueError:
        raise ValueError(
            f"has a query that is not name=value pairs: for example {example}?sslmode=require"
        ) from None
    return SecretStr(text)


def _has_hosts(text: str) -> bool:
    """Tell whether all hosts are valid, and no password ends early at a character of its own."""
    url = split_url(text)
    # An @ behind the first is the end of a password that was cut off at its @ or / or # or ?.
    user, _, netloc = url.netloc.rpartition("@")
    cut_off = "@" in user + url.path + url.fragment or ("@" in url.query and not user)
    lists = [netloc, *parse_qs(url.query).get("host", [])]
    hosts = [host for hosts in lists for host in hosts.split(",")]
    return not cut_off and not re.search(r"\s", text) and all(map(_is_host, hosts))


def _is_host(text: str) -> bool:
    name = unquote(text)
    if name.startswith("/"):  # the folder of a Unix socket
        return "\0" not in name
    match = _HOST.fullmatch(text)
    if match is None or not 0 < int(match["port"] or 1) <= LAST_PORT:
        return False
    return is_host_name(unquote(match["name"] or ""))


DatabaseUrl = Annotated[SecretStr, parsed_by(_parse)]
"""A URL of PostgreSQL. It is a secret as a whole, since it holds a password."""
