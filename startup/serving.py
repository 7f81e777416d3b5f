"""Reserves the address of LISTEN, and serves HTTP there."""

import asyncio
import errno
import socket
from collections.abc import AsyncGenerator, Iterator, Sequence
from contextlib import ExitStack, asynccontextmanager, closing
from typing import Final

from aiohttp import web

from startup.errors import AwayError, StartError
from startup.settings.addresses import Address

SECONDS_TO_STOP: Final = 3.5
"""aiohttp waits for this time twice: until requests end, and until cancelled requests end."""

NOT_OF_THIS_MACHINE: Final = frozenset({errno.EAFNOSUPPORT, errno.EADDRNOTAVAIL})
"""The kernel's errors for an address family that it does not have, as IPv6 in many containers."""


@asynccontextmanager
async def reserve(listen: Address) -> AsyncGenerator[Sequence[socket.socket]]:
    """Bind sockets to the address while the context is open, and give them to listen on later.

    Until somebody listens on them, connections are refused, so a proxy tries another replica at
    once. A host such as localhost may have several addresses; those of a family that this machine
    does not have are left out.

    Raises:
        StartError: the address is taken, or does not belong to this machine.
    """
    with ExitStack() as stack:
        try:
            found = await asyncio.get_running_loop().getaddrinfo(
                *listen, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
            )
            addresses = [(family, address) for family, _, _, _, address in dict.fromkeys(found)]
            sockets = [stack.enter_context(closing(bound)) for bound in _bind_all(addresses)]
        except OSError as error:
            raise address_in_use(listen, error) from error
        yield sockets


def _bind_all(addresses: Sequence[tuple[int, tuple[object, ...]]]) -> Iterator[socket.socket]:
    """Bind to each address that this machine has; raise an OSError if it has none of them."""
    missing: OSError | None = None
    has_any = False
    for family, address in addresses:
        try:
            bound = _bind(family, address)
        except OSError as error:
            if error.errno not in NOT_OF_THIS_MACHINE:
                raise
            missing = error
        else:
            has_any = True
            yield bound
    if missing and not has_any:
        raise missing


def _bind(family: int, address: tuple[object, ...]) -> socket.socket:
    bound = socket.socket(family, socket.SOCK_STREAM)
    try:
        if family == socket.AF_INET6:
            bound.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        try:
            bound.bind(address)
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise
            # Connections of a program that has just ended may still hold the address.
            _share_with_ended_connections(bound)
            bound.bind(address)
    except BaseException:
        bound.close()
        raise
    return bound


def _share_with_ended_connections(bound: socket.socket) -> None:
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)


def ready_to_listen(sockets: Sequence[socket.socket]) -> Sequence[socket.socket]:
    """Prepare reserved sockets, right before somebody listens on them.

    The next start then need not wait until this program's connections have timed out. Any earlier,
    another program could bind to the same address.
    """
    for bound in sockets:
        _share_with_ended_connections(bound)
    return sockets


@asynccontextmanager
async def serve(
    server: web.Server, sockets: Sequence[socket.socket], listen: Address
) -> AsyncGenerator[None]:
    """Run a web server while the context is open; at the end, let its open requests finish."""
    runner = web.ServerRunner(server, shutdown_timeout=SECONDS_TO_STOP)
    await runner.setup()
    try:
        try:
            for reserved in ready_to_listen(sockets):
                await web.SockSite(runner, reserved).start()
        except OSError as error:
            raise address_in_use(listen, error) from error
        yield
    finally:
        await runner.cleanup()


def address_in_use(listen: Address, error: OSError) -> StartError:
    """Return the error for the operator: the address is taken, or not of this machine."""
    kind = AwayError if error.errno == errno.EADDRINUSE else StartError
    return kind(
        f"LISTEN={listen.host}:{listen.port} can't be used ({error.strerror}): "
        "stop the program that has it, or set LISTEN to another host:port"
    )
