"""Statements as PostgreSQL's parser understands them: what Citus' planner gets to see too.

A function with a body in standard SQL keeps that body as a tree, in text. Names are looked up in
it, so that it says which table, which function and which operator each of them is.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

import asyncpg

_TOKEN: Final = re.compile(r'[{}()]|"(?:\\.|[^"\\])*"|(?:\\.|[^\s{}()\\])+', re.DOTALL)
_NONE: Final = "<>"


@dataclass(frozen=True)
class Node:
    """A part of a tree: its kind, such as `QUERY`, and its fields."""

    kind: str
    fields: dict[str, "Value"] = field(default_factory=dict[str, "Value"])

    def word(self, name: str) -> str:
        """A field that is a number, a name, or the like; empty where there is none."""
        value = self.fields.get(name, "")
        return value if isinstance(value, str) and value != _NONE else ""

    def number(self, name: str) -> int:
        """A field that is a number; 0 where there is none."""
        return int(self.word(name) or 0)

    def node(self, name: str) -> "Node | None":
        """A field that is a node; None where it is empty."""
        value = self.fields.get(name)
        return value if isinstance(value, Node) else None

    def nodes(self, name: str) -> "Sequence[Node]":
        """A field that is a list of nodes, or a node; empty where it is."""
        return list(_nodes(self.fields.get(name, _NONE)))

    def children(self) -> "Iterator[Node]":
        """The nodes right below."""
        for value in self.fields.values():
            yield from _nodes(value)

    def below(self, *, into: bool = True) -> "Iterator[Node]":
        """All nodes below, from the top.

        Args:
            into: whether those below another query are among them, too.
        """
        for child in self.children():
            yield child
            if into or child.kind != "QUERY":
                yield from child.below(into=into)


Value = str | Node | list["Value"]


def _nodes(value: "Value") -> Iterator[Node]:
    if isinstance(value, Node):
        yield value
    elif isinstance(value, list):
        for each in value:
            yield from _nodes(each)


async def read_query(connection: asyncpg.Connection, statement: str) -> Node:
    """The tree of a statement, with parameters as `$1`."""
    prepared = await connection.prepare(statement)
    types = ", ".join(parameter.name for parameter in prepared.get_parameters())
    transaction = connection.transaction()
    await transaction.start()
    try:
        await connection.execute(
            f"CREATE FUNCTION pg_temp.stated({types}) RETURNS void LANGUAGE sql"
            f" BEGIN ATOMIC {statement}; END"
        )
        tree = await connection.fetchval(
            "SELECT prosqlbody::text FROM pg_proc WHERE oid = to_regproc('pg_temp.stated')"
        )
    finally:
        await transaction.rollback()
    [query] = _nodes(_Reader(tree).value())
    return query


class _Reader:
    """Reads the form in which PostgreSQL writes trees."""

    def __init__(self, tree: str) -> None:
        self._tokens = [match[0] for match in _TOKEN.finditer(tree)]
        self._next = 0

    def value(self) -> Value:
        token = self._take()
        if token == "(":
            values: list[Value] = []
            while self._peek() != ")":
                values.append(self.value())
            self._take()
            return values
        return self._node() if token == "{" else token

    def _node(self) -> Node:
        node = Node(self._take())
        while (token := self._take()) != "}":
            values: list[Value] = []
            while not self._peek().startswith(":") and self._peek() != "}":
                values.append(self.value())
            # A constant is written as several words: its length and its bytes.
            node.fields[token.removeprefix(":")] = values[0] if len(values) == 1 else values
        return node

    def _peek(self) -> str:
        return self._tokens[self._next]

    def _take(self) -> str:
        self._next += 1
        return self._tokens[self._next - 1]
