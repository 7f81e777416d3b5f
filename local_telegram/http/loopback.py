"""Loopback addresses, by which a machine reaches itself."""

from ipaddress import ip_address


def is_loopback(host: str) -> bool:
    """Tell whether a host (a name or an address without brackets) is this machine itself."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"
