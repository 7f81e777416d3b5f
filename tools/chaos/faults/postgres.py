"""A proxy with faults in front of PostgreSQL, which knows where an answer ends."""

from collections import deque
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final, NamedTuple
from urllib.parse import SplitResult, parse_qs, urlsplit, urlunsplit

from tools.chaos.faults.dialogue import Dialogue, Part, Request
from tools.chaos.faults.proxy import HOST, FaultProxy

DEFAULT_PORT: Final = "5432"
LENGTH_BYTES: Final = 4


class Kind:
    """Kinds of messages.

    https://www.postgresql.org/docs/current/protocol-message-formats.html
    """

    START: Final = b""
    PARSE: Final = b"P"
    BIND: Final = b"B"
    QUERY: Final = b"Q"
    SYNC: Final = b"S"
    READY_FOR_QUERY: Final = b"Z"


class PostgresFaultProxy(FaultProxy):
    """A proxy to the PostgreSQL of a database's URL, which may be on a Unix socket or on TCP."""

    def __init__(self, database_url: str) -> None:
        self._parts = urlsplit(database_url)
        super().__init__(_server(self._parts))

    @property
    def url(self) -> str:
        """The database's URL through the proxy, without TLS, which would hide the messages."""
        login = self._parts.netloc.rpartition("@")[0] or "postgres"
        netloc = f"{login}@{HOST}:{self.port}"
        return urlunsplit(self._parts._replace(netloc=netloc, query="sslmode=disable"))

    def _new_dialogue(self) -> Dialogue:
        return PostgresDialogue()


class PostgresDialogue(Dialogue):
    """Reads as much of the protocol as is needed to tell one answer from the next.

    A request ends with its Sync, or is a simple Query; its answer ends with ReadyForQuery, which
    PostgreSQL sends after the commit.
    """

    def __init__(self) -> None:
        self._from_client = _Messages(begin_without_kind=True)
        self._from_server = _Messages(begin_without_kind=False)
        self._statements: dict[bytes, bytes] = {}
        self._being_asked = Request()
        self._unanswered = deque[Request]()

    def ask(self, data: bytes) -> None:
        """Take note of what the client sends."""
        for message in self._from_client.feed(data):
            match message.kind:
                case Kind.PARSE:
                    name, statement, _ = message.body.split(b"\0", 2)
                    self._statements[name] = statement
                case Kind.BIND:
                    _, name, parameters = message.body.split(b"\0", 2)
                    self._being_asked.content += self._statements.get(name, b"") + parameters
                case Kind.QUERY:
                    self._being_asked.content += message.body
                    self._end_request()
                case Kind.SYNC | Kind.START:
                    self._end_request()
                case _:
                    pass

    def answer(self, data: bytes) -> Iterable[Part]:
        """Divide what the server sends into the answers that it belongs to."""
        for message in self._from_server.feed(data):
            is_last = message.kind == Kind.READY_FOR_QUERY
            # Answers to a Flush come before the end of the request, and are not its last part.
            request = self._unanswered[0] if self._unanswered else Request()
            if is_last:
                self._unanswered.popleft()
            yield Part(request, message.data, is_last)

    def _end_request(self) -> None:
        self._unanswered.append(self._being_asked)
        self._being_asked = Request()


class _Message(NamedTuple):
    kind: bytes
    body: bytes
    data: bytes


class _Messages:
    """Splits a stream into messages; a client's first message has no kind."""

    def __init__(self, *, begin_without_kind: bool) -> None:
        self._came = bytearray()
        self._kind_bytes = 0 if begin_without_kind else 1

    def feed(self, data: bytes) -> Iterator[_Message]:
        """Return the messages that are complete now."""
        self._came += data
        while (message := self._next()) is not None:
            del self._came[: len(message.data)]
            self._kind_bytes = 1
            yield message

    def _next(self) -> _Message | None:
        head = self._kind_bytes + LENGTH_BYTES
        # The length counts itself, but not the kind.
        end = self._kind_bytes + int.from_bytes(self._came[self._kind_bytes : head])
        if len(self._came) < max(head, end):
            return None
        whole = bytes(self._came[:end])
        return _Message(whole[: self._kind_bytes], whole[head:], whole)


def _server(parts: SplitResult) -> tuple[str, int] | Path:
    query = parse_qs(parts.query)
    port = parts.port or int(query.get("port", [DEFAULT_PORT])[0])
    if directories := query.get("host"):
        return Path(directories[0]) / f".s.PGSQL.{port}"
    return parts.hostname or HOST, port
