"""The connections on which people's commands run."""

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
"""Statements in a transaction: few enough that the first of them hardly waits for the last."""

FIRST_SECONDS: Final = 2.0
"""How long statements may take before they are run again, each by itself and with more time.

One that waits for a lock holds up those that travel with it for no longer, and a server that has
fallen silent is soon noticed.
"""

SILENCE: Final = 1.0
"""Where nobody was answered for so many seconds, it is not a lock that holds a statement up."""

# Of errors after which a connection is of no use: it is a standby's, or an operator ends it.
# https://www.postgresql.org/docs/current/errcodes-appendix.html
ENDING: Final = ("25", "57P")

Connect = Callable[[], Awaitable[asyncpg.Connection]]
Rows = Sequence[asyncpg.Record]


class CommandConnections:
    """A few connections, on which the statements of several chats may travel together.

    What several chats ask at the same moment with the same statement is one transaction, and one
    round trip: most of what a statement takes, here and on the server, is to send it, to wake up
    for it and to commit it. If the server fails them, each is run by itself, and has its own error.
    So is one that takes long.

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
            statement: with numbered parameters.
            arguments: their values.
            chat_id: what each row has in a column of this name; None for one that has to run alone.

        Raises:
            OSError: the connection was lost, or the statement took too long.
            DatabaseAway: there is no connection to be had.
            asyncpg.PostgresError, asyncpg.InterfaceError: as asyncpg.
        """
        command = _Command(arguments, chat_id)
        self._waiting.setdefault(statement, deque()).append(command)
        if not self._is_starting:
            # Not at once: what else comes at this moment goes with it.
            self._is_starting = True
            asyncio.get_running_loop().call_soon(self._start)
        try:
            return await command.rows
        except asyncio.CancelledError:
            command.give_up()
            raise

    async def close(self) -> None:
        """Break off what runs or waits, and close the connections."""
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
        """Take the oldest commands of a statement; the statements take turns."""
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
        except Exception as error:  # noqa: BLE001 (who waits for it has it)
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
        # In one order, so that no two transactions wait for one another. What moves a group to its
        # supergroup locks the group first, whose id is higher.
        in_order = sorted(commands, key=lambda one: one.chat_id or 0, reverse=True)
        arguments = [command.arguments for command in in_order]
        try:
            async with self._used(connection):
                rows = await connection.fetchmany(statement, arguments, timeout=FIRST_SECONDS)
        except Exception:  # noqa: BLE001 (it comes again, for the one that it is of)
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
        """A connection that is idle again afterwards, unless it is of no more use."""
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
                # If one is lost, or leads to what is no primary any more, so do the others. But
                # where others have just been answered, this one only waits for a lock.
                await self._close_idle()
            if is_lost:
                raise ConnectionError(str(error)) from error
            raise
        except BaseException:
            # It may be half way through the statement, which may take any time to end.
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
    """What somebody waits for: with others, or as one that has to run alone.

    It is patient once it has been tried: it then runs alone, and may take all the time that a
    statement has.
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
        """Break it off, unless somebody waits for what was sent with it."""
        if self.sent_with:
            others, task = self.sent_with
            if all(other.rows.done() for other in others):
                task.cancel()


def _closed() -> ConnectionError:
    return ConnectionError("The connections were closed")


def _leaves_usable(connection: asyncpg.Connection, error: Exception) -> bool:
    """Whether the server has only refused the statement, and takes others as before."""
    return (
        isinstance(error, asyncpg.PostgresError)
        and not connection.is_closed()
        and not sqlstate(error).startswith(ENDING)
    )
