"""Serves HTTP at the address of LISTEN."""

import asyncio
import errno
import socket
from collections.abc import AsyncGenerator, Iterator, Sequence
from contextlib import ExitStack, asynccontextmanager, closing
from typing import Final

from aiohttp import web

from startup.errors import AwayError, StartError
from startup.settings import Address

# aiohttp waits so long twice: for the requests to end, and for those that it has cancelled.
SECONDS_TO_STOP: Final = 3.5

NOT_OF_THIS_MACHINE: Final = frozenset({errno.EAFNOSUPPORT, errno.EADDRNOTAVAIL})
"""What the kernel says to an address of a family that it does not have: IPv6 in many containers."""


@asynccontextmanager
async def reserve(listen: Address) -> AsyncGenerator[Sequence[socket.socket]]:
    """Take the address, so that nobody else does, and give the sockets to listen on later.

    Until then, whoever connects is refused: a proxy turns to another replica at once. A host may
    have several addresses, such as localhost: one that this machine does not have is left out.

    Raises:
        StartError: the address is taken, or is none of this machine.
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
    """Bind to those of some addresses that this machine has: to one, or that is an error."""
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
            # It may only be a connection of a program that ended some seconds ago.
            _share_with_ended_connections(bound)
            bound.bind(address)
    except BaseException:
        bound.close()
        raise
    return bound


def _share_with_ended_connections(bound: socket.socket) -> None:
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)


def ready_to_listen(sockets: Sequence[socket.socket]) -> Sequence[socket.socket]:
    """Prepare reserved sockets to be listened on, from now on.

    The next start then does not have to wait for the connections that this one leaves. Any earlier,
    another program could take the same address.
    """
    for bound in sockets:
        _share_with_ended_connections(bound)
    return sockets


@asynccontextmanager
async def serve(
    server: web.Server, sockets: Sequence[socket.socket], listen: Address
) -> AsyncGenerator[None]:
    """Run a web server meanwhile; the requests that it has at the end are finished."""
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
    """Say in a line that the address is taken, or is none of this machine."""
    kind = AwayError if error.errno == errno.EADDRINUSE else StartError
    return kind(
        f"LISTEN={listen.host}:{listen.port} can't be used ({error.strerror}): "
        "stop the program that has it, or set LISTEN to another host:port"
    )
