"""The connections that run the statements of people's commands."""

import asyncio
from asyncio import Future, Task
from collections import defaultdict, deque
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from functools import partial
from itertools import chain
from math import inf
from typing import Final

import asyncpg

from db.connection.errors import sqlstate

MOST: Final = 10

MOST_TOGETHER: Final = 8
"""Statements per transaction: few enough that the first hardly waits for the last."""

FIRST_SECONDS: Final = 2.0
"""How long a batch may take; after that its statements run again, alone and with more time.

So a statement that waits for a lock delays the others of its batch by no more than this, and a
server that is silent is noticed soon.
"""

SILENCE: Final = 1.0
"""Seconds without any answer after which a slow statement is not blamed on a lock."""

# Classes of errors after which a connection is useless: the server is a standby, or shuts down.
# https://www.postgresql.org/docs/current/errcodes-appendix.html
ENDING: Final = ("25", "57P")

Connect = Callable[[], Awaitable[asyncpg.Connection]]
Rows = Sequence[asyncpg.Record]


class CommandConnections:
    """A few connections that run the statements of several chats in batches.

    A batch is the same statement for several chats, in one transaction and one round trip. Most of
    a statement's cost, in the program and on the server, is sending, waking up and committing,
    which a batch does once. If a batch fails or takes long, each of its statements runs alone, and
    gets its own error.

    Args:
        connect: makes a connection.
    """

    def __init__(self, connect: Connect) -> None:
        self._connect = connect
        self._idle: list[asyncpg.Connection] = []
        self._waiting: dict[str, deque[_Command]] = {}
        self._running: set[Task[None]] = set()
        self._is_starting = False
        self._answered_at = -inf

    async def fetch(self, statement: str, arguments: Sequence[object], chat_id: int | None) -> Rows:
        """Run a statement, which is prepared once on each connection.

        Args:
            statement: the text, with numbered parameters.
            arguments: the values of the parameters.
            chat_id: the chat, which every row has in a column of this name; None for a statement
                that has to run alone.

        Raises:
            OSError: the connection was lost, or the statement took too long.
            DatabaseAway: no connection can be made.
            asyncpg.PostgresError, asyncpg.InterfaceError: as asyncpg raises them.
        """
        command = _Command(arguments, chat_id)
        self._waiting.setdefault(statement, deque()).append(command)
        if not self._is_starting:
            # Start on the next turn of the loop, so that statements queued in this one share a
            # batch.
            self._is_starting = True
            asyncio.get_running_loop().call_soon(self._start)
        try:
            return await command.rows
        except asyncio.CancelledError:
            command.give_up()
            raise

    async def close(self) -> None:
        """Cancel every statement that runs or waits, and close the connections."""
        while self._running or self._waiting:
            for command in chain.from_iterable(self._waiting.values()):
                command.fail(_closed())
            self._waiting.clear()
            running = list(self._running)
            for task in running:
                task.cancel()
            await asyncio.gather(*running, return_exceptions=True)
        await self._close_idle()

    def _start(self) -> None:
        self._is_starting = False
        while self._waiting and len(self._running) < MOST:
            statement, commands = self._next()
            if commands:
                task = asyncio.create_task(self._run(statement, commands))
                for command in commands:
                    command.sent_with = commands, task
                self._running.add(task)
                task.add_done_callback(partial(self._end, commands))

    def _end(self, commands: "Sequence[_Command]", task: Task[None]) -> None:
        self._running.discard(task)
        if task.cancelled():
            for command in commands:
                command.fail(_closed())
        self._start()

    def _next(self) -> "tuple[str, Sequence[_Command]]":
        """Take the oldest commands of the next statement; the statements take turns."""
        statement = next(iter(self._waiting))
        waiting = self._waiting.pop(statement)
        taken: dict[int | None, _Command] = {}
        while waiting and len(taken) < MOST_TOGETHER:
            command = waiting[0]
            if taken and (command.is_alone or command.chat_id in taken):
                break
            waiting.popleft()
            if not command.rows.done():
                taken[command.chat_id] = command
                if command.is_alone:
                    break
        if waiting:
            self._waiting[statement] = waiting
        return statement, list(taken.values())

    async def _run(self, statement: str, commands: "Sequence[_Command]") -> None:
        try:
            connection = await self._take()
            if len(commands) == 1:
                await self._run_alone(connection, statement, commands[0])
            else:
                await self._run_together(connection, statement, commands)
        except Exception as error:  # noqa: BLE001 (the callers of `fetch` get it)
            for command in commands:
                command.fail(error)

    async def _run_alone(
        self, connection: asyncpg.Connection, statement: str, command: "_Command"
    ) -> None:
        seconds = None if command.is_patient else FIRST_SECONDS
        try:
            async with self._used(connection):
                rows = await connection.fetch(statement, *command.arguments, timeout=seconds)
        except TimeoutError:
            if command.is_patient:
                raise
            self._try_alone(statement, [command])
            return
        command.succeed(rows)

    async def _run_together(
        self, connection: asyncpg.Connection, statement: str, commands: "Sequence[_Command]"
    ) -> None:
        # All batches lock chats in one order, so that no two wait for each other in a circle. The
        # move of a group locks the group before its supergroup, whose id is lower.
        in_order = sorted(commands, key=lambda one: one.chat_id or 0, reverse=True)
        arguments = [command.arguments for command in in_order]
        try:
            async with self._used(connection):
                rows = await connection.fetchmany(statement, arguments, timeout=FIRST_SECONDS)
        except Exception:  # noqa: BLE001 (the statement that failed raises it again, alone)
            self._try_alone(statement, commands)
            return
        by_chat: defaultdict[int | None, list[asyncpg.Record]] = defaultdict(list)
        for row in rows:
            by_chat[row["chat_id"]].append(row)
        for command in commands:
            command.succeed(by_chat[command.chat_id])

    def _try_alone(self, statement: str, commands: "Sequence[_Command]") -> None:
        for command in commands:
            command.is_patient = True
        self._waiting.setdefault(statement, deque()).extendleft(reversed(commands))

    @asynccontextmanager
    async def _used(self, connection: asyncpg.Connection) -> AsyncGenerator[None]:
        """Use a connection, which is idle again afterwards unless it is useless."""
        clock = asyncio.get_running_loop().time
        try:
            yield
        except (OSError, asyncpg.InterfaceError, asyncpg.PostgresError) as error:
            if _leaves_usable(connection, error):
                self._idle.append(connection)
                raise
            is_lost = connection.is_closed()
            await connection.close()
            if not isinstance(error, TimeoutError) or clock() - self._answered_at > SILENCE:
                # A lost connection, or a server that is no primary any more, is shared by the idle
                # ones. But if others were answered just now, the statement only waits for a lock.
                await self._close_idle()
            if is_lost:
                raise ConnectionError(str(error)) from error
            raise
        except BaseException:
            # The connection may be in the middle of the statement, which may take long.
            await connection.close()
            raise
        self._answered_at = clock()
        self._idle.append(connection)

    async def _take(self) -> asyncpg.Connection:
        while self._idle:
            connection = self._idle.pop()
            if not connection.is_closed():
                return connection
        return await self._connect()

    async def _close_idle(self) -> None:
        while self._idle:
            await self._idle.pop().close()


class _Command:
    """A statement that a caller waits for, to run in a batch or alone.

    It is patient after its first try: it then runs alone, for as long as a statement may take.
    """

    __slots__ = ("arguments", "chat_id", "is_patient", "rows", "sent_with")

    def __init__(self, arguments: Sequence[object], chat_id: int | None) -> None:
        self.arguments = arguments
        self.chat_id = chat_id
        self.is_patient = False
        self.rows: Future[Rows] = asyncio.get_running_loop().create_future()
        self.sent_with: tuple[Sequence[_Command], Task[None]] | None = None

    @property
    def is_alone(self) -> bool:
        return self.is_patient or self.chat_id is None

    def succeed(self, rows: Rows) -> None:
        if not self.rows.done():
            self.rows.set_result(rows)

    def fail(self, error: Exception) -> None:
        if not self.rows.done():
            self.rows.set_exception(error)

    def give_up(self) -> None:
        """Cancel the batch that this is in, unless a caller waits for another statement of it."""
        if self.sent_with:
            others, task = self.sent_with
            if all(other.rows.done() for other in others):
                task.cancel()


def _closed() -> ConnectionError:
    return ConnectionError("The connections were closed")


def _leaves_usable(connection: asyncpg.Connection, error: Exception) -> bool:
    """Whether the server only refused the statement, so that the connection takes others."""
    return (
        isinstance(error, asyncpg.PostgresError)
        and not connection.is_closed()
        and not sqlstate(error).startswith(ENDING)
    )
