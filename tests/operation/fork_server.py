"""Starts `run_bot.py` by a fork of an interpreter that has imported it: to import takes a second.

Run as a module, this is that interpreter. It gets an order for each start, over a socket: what the
process is to be like, with the descriptors of its standard streams and of a pipe that is told its
process id, and its status when it has ended. The forked process runs the file as Python would.

A fault of a real start can't hide behind it: `test_streams.py` starts a new interpreter for the
playground and for a mistake, and `test_no_file_is_opened_to_handle_an_update` for a live bot.
"""

import asyncio
import json
import os
import runpy
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from importlib import import_module
from pathlib import Path
from typing import Final, Self

ROOT: Final = Path(__file__).parents[2]
PROGRAM: Final = ROOT / "run_bot.py"
LONGEST_LINE: Final = 1 << 20  # bytes
LARGEST_ORDER: Final = 1 << 17  # bytes
PATIENCE: Final = 60.0  # seconds
ENDED: Final = "The fork server ended"


@dataclass(frozen=True)
class Order:
    """What a process is to be like."""

    arguments: Sequence[str]
    folder: str
    environment: Mapping[str, str]

    def written(self) -> bytes:
        """The order as it is sent."""
        return json.dumps(asdict(self)).encode()

    @classmethod
    def read(cls, data: bytes) -> Self:
        """What was sent."""
        return cls(**json.loads(data))


class ForkedProcess:
    """A process that the fork server has started, with what asyncio's own processes have."""

    def __init__(
        self,
        pid: int,
        stdout: asyncio.StreamReader,
        stderr: asyncio.StreamReader,
        told: asyncio.StreamReader,
    ) -> None:
        self.pid = pid
        self.stdout = stdout
        self.stderr = stderr
        self.returncode: int | None = None
        self._ending = asyncio.create_task(self._end(told))

    async def wait(self) -> int:
        """Waits for the end, and gives the status; a signal that ended it is negative."""
        return await asyncio.shield(self._ending)

    def send_signal(self, number: signal.Signals) -> None:
        if self.returncode is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    async def _end(self, told: asyncio.StreamReader) -> int:
        self.returncode = _number(await told.read())
        return self.returncode


class ForkServer:
    """The interpreter that has imported the program, as another process."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._orders, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-m", __name__, str(theirs.fileno())],
                cwd=ROOT,
                env=dict(environment),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
                start_new_session=True,
            )

    async def start(self, order: Order) -> ForkedProcess:
        """Starts a process.

        Raises:
            ConnectionError: the fork server ended.
        """
        pipes = [os.pipe() for _ in range(3)]
        with ExitStack() as unused:
            for ours, _ in pipes:
                unused.callback(os.close, ours)
            self._send(order, [theirs for _, theirs in pipes])
            unused.pop_all()
        stdout, stderr, told = [await _reading(ours) for ours, _ in pipes]
        async with asyncio.timeout(PATIENCE):
            pid = _number(await told.readline())
        return ForkedProcess(pid, stdout, stderr, told)

    def stop(self) -> None:
        """Ends this interpreter, and nothing that it has started."""
        self._orders.close()
        try:
            self._process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
            raise

    def _send(self, order: Order, pipes: Sequence[int]) -> None:
        """Send an order with the ends of pipes to write to, which are then closed here."""
        given = [os.open(os.devnull, os.O_RDONLY), *pipes]
        try:
            socket.send_fds(self._orders, [order.written()], given)
        except ConnectionError:
            raise ConnectionError(ENDED) from None
        finally:
            for descriptor in given:
                os.close(descriptor)


def _number(told: bytes) -> int:
    if not told:
        raise ConnectionError(ENDED)
    return int(told)


async def _reading(descriptor: int) -> asyncio.StreamReader:
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader(LONGEST_LINE)
    pipe = os.fdopen(descriptor, "rb", buffering=0)
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), pipe)
    return reader


# The interpreter that forks


def _take_order(orders: socket.socket) -> Order:
    """Serve until there are no more orders; in the process that each makes, give its order."""
    while True:
        data, descriptors, _, _ = socket.recv_fds(orders, LARGEST_ORDER, 4)
        if not data:
            os._exit(0)
        *streams, tell = descriptors
        if os.fork() == 0:
            orders.close()
            _watch(streams, tell)
            return Order.read(data)
        for descriptor in descriptors:
            os.close(descriptor)


def _watch(streams: Sequence[int], tell: int) -> None:
    """Fork again: go on in that process, with its streams, and here tell how it ends."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    pid = os.fork()
    if pid == 0:
        os.setsid()
        for number, stream in enumerate(streams):
            os.dup2(stream, number)
    for descriptor in streams if pid else (*streams, tell):
        os.close(descriptor)
    if pid:
        os.write(tell, b"%d\n" % pid)
        _, status = os.waitpid(pid, 0)
        os.write(tell, b"%d" % os.waitstatus_to_exitcode(status))
        os._exit(0)


def _become(order: Order) -> None:
    os.environ.clear()
    os.environ.update(order.environment)
    os.chdir(order.folder)
    sys.argv[:] = [str(PROGRAM), *order.arguments]


if __name__ == "__main__":
    import_module("startup.command_line")  # for all the processes to come
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for those that watch
    _become(_take_order(socket.socket(fileno=int(sys.argv[1]))))
    runpy.run_path(str(PROGRAM), run_name="__main__")
