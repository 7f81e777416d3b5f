"""The values of settings that name an address: of a server's HTTP, or to listen on."""

import re
from ipaddress import ip_address
from typing import Annotated, Final, NamedTuple
from urllib.parse import SplitResult, urlsplit

from pydantic_settings import NoDecode

from local_telegram.http.loopback import is_loopback
from startup.settings.fields import parsed_by

LAST_PORT: Final = 65535

_HOST_AND_PORT: Final = re.compile(
    r"(?:\[(?P<ipv6>[^\[\]]*)\]|(?P<name>[^\s:/\[\]]+)):(?P<port>[0-9]{1,5})"
)


class Address(NamedTuple):
    """Where a server listens; port 0 lets the system choose one."""

    host: str
    port: int


def is_host_name(text: str) -> bool:
    """Tell whether a name can be looked up; Python encodes it so first, in labels of 1-63 bytes."""
    try:
        text.encode("idna")
    except UnicodeError:
        return False
    return "\0" not in text


def _is_ip_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def _parse_address(text: str) -> Address:
    match = _HOST_AND_PORT.fullmatch(text)
    if match is None or int(match["port"]) > LAST_PORT:
        raise ValueError(
            "must be a host and a port from 0 to 65535: for example 127.0.0.1:8080 or [::1]:8080"
        )
    if match["ipv6"] is not None and not _is_ip_address(match["ipv6"]):
        raise ValueError("has no IPv6 address between its brackets: for example [::1]:8080")
    if match["name"] is not None and not is_host_name(match["name"]):
        raise ValueError("has no valid host: for example 127.0.0.1:8080 or [::1]:8080")
    return Address(match["ipv6"] or match["name"], int(match["port"]))


def _split_url(text: str, example: str) -> SplitResult:
    """Split a URL that has a host, and neither a user nor a query nor a fragment."""
    try:
        url = urlsplit(text)
        usable = url.hostname is not None and is_host_name(url.hostname) and url.port != 0
    except ValueError:
        usable = False
        url = urlsplit("")
    if not usable or re.search(r"\s", text):
        raise ValueError(f"is not a URL with a host: for example {example}")
    if url.username is not None or url.query or url.fragment:
        raise ValueError(f"must not hold a user, a query or a fragment: for example {example}")
    return url


def _parse_root_url(text: str) -> str:
    if _split_url(text, "http://127.0.0.1:8081").scheme not in {"http", "https"}:
        raise ValueError("must start with http:// or https://: for example http://127.0.0.1:8081")
    return text.rstrip("/")


def _parse_webhook_url(text: str) -> str:
    example = "https://bot.example.org/webhook"
    url = _split_url(text, example)
    local = url.scheme == "http" and is_loopback(url.hostname or "")
    if url.scheme != "https" and not local:
        raise ValueError(f"must start with https://, Telegram calls nothing else: {example}")
    return text


ListenAddress = Annotated[Address, NoDecode, parsed_by(_parse_address)]
"""A host and a port, such as `127.0.0.1:8080` or `[::1]:8080`."""

RootUrl = Annotated[str, parsed_by(_parse_root_url)]
"""An http or https URL to which paths are appended."""

WebhookUrl = Annotated[str, parsed_by(_parse_webhook_url)]
"""An https URL, or an http URL of this machine."""
