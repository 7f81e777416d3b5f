"""Several ways to the server of the tests, which pass for several servers."""

from collections.abc import Sequence
from urllib.parse import urlsplit, urlunsplit

from tools.chaos.faults.postgres import PostgresFaultProxy


def url_of(proxies: Sequence[PostgresFaultProxy], user: str = "postgres") -> str:
    """The URL that names them all, in their order."""
    hosts = ",".join(f"127.0.0.1:{proxy.port}" for proxy in proxies)
    return urlunsplit(urlsplit(proxies[0].url)._replace(netloc=f"{user}@{hosts}"))
