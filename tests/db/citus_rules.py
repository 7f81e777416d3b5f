"""What Citus wants of a statement, as far as that can be seen without it.

The tables that have a `chat_id` are distributed by it; the catalogue is on every node; the others
are on the coordinator. docs/decisions/0019 has the rules, and where they are from.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import asyncpg

from tests.db.query_tree import Node

SELECT: Final = "1"
UPDATE: Final = "2"
INSERT: Final = "3"
DELETE: Final = "4"

RELATION: Final = "0"
FUNCTION: Final = "3"

CLOCKS: Final = {
    "now",
    "transaction_timestamp",
    "statement_timestamp",
    "clock_timestamp",
    "timeofday",
}

_FUNCTION_FIELDS: Final = ("funcid", "aggfnoid", "winfnoid")
_TYPE_FIELDS: Final = (
    "vartype",
    "paramtype",
    "consttype",
    "funcresulttype",
    "opresulttype",
    "resulttype",
    "coalescetype",
    "casetype",
    "minmaxtype",
    "aggtype",
)


@dataclass(frozen=True)
class Schema:
    """What the rules need to know of a database; all ids are PostgreSQL's."""

    tables: Mapping[str, str]
    chat_columns: Mapping[str, int]
    reference_tables: frozenset[str]
    cascades: Mapping[str, frozenset[str]]
    functions: Mapping[str, tuple[str, str]]
    operators: Mapping[str, tuple[str, str]]
    inputs: Mapping[str, str]
    outputs: Mapping[str, str]


async def read_schema(connection: asyncpg.Connection) -> Schema:
    """Read it from the catalogues."""
    tables = await connection.fetch(
        """
        SELECT oid::text, relname, attnum FROM pg_class
        LEFT JOIN pg_attribute ON attrelid = pg_class.oid AND attname = 'chat_id'
        WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'
        """
    )
    cascades = await connection.fetch(
        """
        SELECT confrelid::text AS parent, array_agg(conrelid::text) AS children
        FROM pg_constraint WHERE contype = 'f' AND confdeltype = 'c' GROUP BY confrelid
        """
    )
    functions = await connection.fetch(
        "SELECT oid::text, proname, provolatile::text AS volatility FROM pg_proc"
    )
    operators = await connection.fetch(
        "SELECT oid::text, oprname, oprcode::oid::text AS function FROM pg_operator"
    )
    types = await connection.fetch(
        "SELECT oid::text, typinput::oid::text, typoutput::oid::text FROM pg_type"
    )
    return Schema(
        tables={row["oid"]: row["relname"] for row in tables},
        chat_columns={row["oid"]: row["attnum"] for row in tables if row["attnum"]},
        reference_tables=frozenset(row["oid"] for row in tables if row["relname"] == "ingredients"),
        cascades={row["parent"]: frozenset(row["children"]) for row in cascades},
        functions={row["oid"]: (row["proname"], row["volatility"]) for row in functions},
        operators={row["oid"]: (row["oprname"], row["function"]) for row in operators},
        inputs={row["oid"]: row["typinput"] for row in types},
        outputs={row["oid"]: row["typoutput"] for row in types},
    )


def violations(statement: Node, schema: Schema) -> Sequence[str]:
    """What a statement does that Citus refuses, or does otherwise than PostgreSQL; in words."""
    return list(dict.fromkeys(_Statement(statement, schema).violations()))


def chats_of(statement: Node, schema: Schema) -> set[str]:
    """The parameters that limit each of its tables to a chat; none if it is about all chats."""
    return _Statement(statement, schema).chats()


class _Statement:
    """A statement, and all the queries in it."""

    def __init__(self, statement: Node, schema: Schema) -> None:
        self._statement = statement
        self._schema = schema
        self._queries = list(_queries(statement, ()))
        self._modifications = [
            query for query, _ in self._queries if query.word("commandType") != SELECT
        ]

    def violations(self) -> Iterator[str]:
        yield from self._of_functions()
        for query in self._modifications:
            yield from self._of_modification(query)
        yield from self._of_chats()
        yield from self._of_parts()
        yield from self._of_joins()

    # Functions

    def _of_functions(self) -> Iterator[str]:
        for node in self._statement.below():
            for name, volatility in self._functions(node):
                if name in CLOCKS:
                    yield f"reads the clock: {name}"
                elif volatility == "v" and self._modifications:
                    yield f"calls what is VOLATILE in a modification: {name}"

    def _of_modification(self, query: Node) -> Iterator[str]:
        for part in (query, *_selects_of_insert(query)):
            for node in part.below(into=False):
                yield from self._of_expression(node)
        on_conflict = query.node("onConflict") or Node("NONE")
        for node in (
            *query.nodes("returningList"),
            *on_conflict.nodes("onConflictSet"),
            *on_conflict.nodes("onConflictWhere"),
        ):
            if any(each.kind == "QUERY" for each in node.below()):
                yield "has a subquery in ON CONFLICT or RETURNING"
            for name in self._changing(node):
                yield f"calls what is not IMMUTABLE in ON CONFLICT or RETURNING: {name}"
        column = self._schema.chat_columns.get(_target(query))
        if query.word("commandType") == INSERT and not (column and _inserted(query, column)):
            yield from self._of_insert_over_chats(query)
        is_update = query.word("commandType") == UPDATE
        updated: Sequence[Node] = query.nodes("targetList") if is_update else ()
        for entry in (*updated, *on_conflict.nodes("onConflictSet")):
            if entry.number("resno") == column:
                yield "changes a chat_id"

    def _of_insert_over_chats(self, query: Node) -> Iterator[str]:
        """What is sent to each shard does not have the parameters of the whole statement."""
        is_spread = _target(query) in self._schema.chat_columns.keys() | (
            self._schema.reference_tables
        )
        after_select = (query.node("onConflict") or Node("NONE"), *query.nodes("returningList"))
        if is_spread and any(
            node.kind == "PARAM" for part in after_select for node in (part, *part.below())
        ):
            yield "has a parameter in ON CONFLICT or RETURNING of an INSERT over several chats"

    def _of_expression(self, node: Node) -> Iterator[str]:
        for name, volatility in self._functions(node):
            if volatility == "s" and any(each.kind == "VAR" for each in node.below(into=False)):
                yield f"calls what is STABLE over a column in a modification: {name}"
        if node.kind in {"CASEEXPR", "COALESCEEXPR"}:
            for name in self._changing(node):
                yield f"calls what is not IMMUTABLE in CASE or COALESCE: {name}"

    def _changing(self, node: Node) -> Iterator[str]:
        for each in (node, *node.below()):
            yield from (name for name, volatility in self._functions(each) if volatility != "i")

    def _functions(self, node: Node) -> Iterator[tuple[str, str]]:
        """The functions that a node calls, each with its volatility: `i`, `s` or `v`."""
        schema = self._schema
        if node.kind == "SQLVALUEFUNCTION":
            yield "now", "s"
        for name in _FUNCTION_FIELDS:
            if function := node.word(name):
                yield schema.functions[function]
        if operator := node.word("opno"):
            yield schema.functions[schema.operators[operator][1]]
        if node.kind == "COERCEVIAIO":
            yield schema.functions[schema.inputs[node.word("resulttype")]]
            argument = node.node("arg")
            given = (
                next((argument.word(name) for name in _TYPE_FIELDS if argument.word(name)), "")
                if argument
                else ""
            )
            yield schema.functions[schema.outputs[given]]

    # Chats

    def chats(self) -> set[str]:
        """The parameters that the `chat_id` of the tables are equal to."""
        return {chat for _, chat in self._limits()} - {""}

    def _limits(self) -> Iterator[tuple[str, str]]:
        """Each table of chats, with the parameter that limits it to one, or nothing."""
        for query, _ in self._queries:
            for number, table in self._chat_tables(query):
                yield self._schema.tables[table], self._limit(query, number, table)

    def _of_chats(self) -> Iterator[str]:
        limits = list(self._limits())
        chats = self.chats()
        if len(chats) > 1:
            yield "names several chats"
        elif chats:
            yield from (f"is of one chat, but not in {table}" for table, chat in limits if not chat)
        elif limits:
            yield from self._of_all_chats()

    def _of_all_chats(self) -> Iterator[str]:
        if len(self._modifications) > 1 or any(
            query is not self._statement for query in self._modifications
        ):
            yield "changes all chats in a CTE"
        for query, above in self._queries:
            if query.nodes("rowMarks") and any(self._chat_tables(query)):
                yield "locks rows of all chats"
            if any(table.word("lateral") == "true" for table in query.nodes("rtable")):
                yield "has a LATERAL join over all chats"
            yield from self._of_unjoined(query, above)

    def _of_unjoined(self, query: Node, above: Sequence[Node]) -> Iterator[str]:
        """Each table of a query is joined with the others, and with those above, by the chat."""
        own = [f"{len(above)} {number}" for number, _ in self._chat_tables(query)]
        groups = {place: {place} for place in own}
        for left, right in self._joins(query, above):
            together = groups.setdefault(left, {left}) | groups.setdefault(right, {right})
            groups.update(dict.fromkeys(together, together))
        if own and any(groups[place] != groups[own[0]] for place in own):
            yield "joins tables of all chats without their chat_id"
        levels_up = max((node.number("varlevelsup") for node in query.below(into=False)), default=0)
        if (
            own
            and levels_up
            and not any(place.split()[0] != str(len(above)) for place in groups[own[0]])
        ):
            yield "has a subquery over all chats that is not joined by chat_id"

    def _limit(self, query: Node, number: int, table: str) -> str:
        """The parameter that a table's `chat_id` is equal to; empty if there is none."""
        if query.word("commandType") == INSERT and number == query.number("resultRelation"):
            return _inserted(query, self._schema.chat_columns[table])
        for condition in _conditions(query):
            match self._equal(condition):
                case Node(kind="VAR") as column, Node(kind="PARAM") as parameter if (
                    self._is_chat(column, query, ()) and column.number("varno") == number
                ):
                    return parameter.word("paramid")
                case _:
                    pass
        return ""

    def _joins(self, query: Node, above: Sequence[Node]) -> Iterator[tuple[str, str]]:
        for condition in _conditions(query):
            match self._equal(condition):
                case Node(kind="VAR") as left, Node(kind="VAR") as right if self._is_chat(
                    left, query, above
                ) and self._is_chat(right, query, above):
                    yield _place(left, above), _place(right, above)
                case _:
                    pass

    def _equal(self, condition: Node) -> Sequence[Node]:
        """The two sides of an equality, a column first."""
        if condition.kind != "OPEXPR":
            return ()
        if self._schema.operators[condition.word("opno")][0] != "=":
            return ()
        return sorted(condition.nodes("args"), key=lambda node: node.kind != "VAR")

    def _is_chat(self, column: Node, query: Node, above: Sequence[Node]) -> bool:
        levels = column.number("varlevelsup")
        if levels > len(above):
            return False
        table = [*above, query][-1 - levels].nodes("rtable")[column.number("varno") - 1]
        chat_column = self._schema.chat_columns.get(table.word("relid"))
        return table.word("rtekind") == RELATION and column.number("varattno") == chat_column

    def _chat_tables(self, query: Node) -> Iterator[tuple[int, str]]:
        for number, table in enumerate(query.nodes("rtable"), start=1):
            # The rows that an INSERT proposes have the kind of a composite type.
            is_table = table.word("rtekind") == RELATION and table.word("relkind") != "c"
            if is_table and table.word("relid") in self._schema.chat_columns:
                yield number, table.word("relid")

    # Parts that Citus runs one after the other

    def _of_parts(self) -> Iterator[str]:
        parts = [_cte_query(cte) for cte in self._statement.nodes("cteList")]
        changed: set[str] = set()
        for part in (*parts, self._statement):
            for table in changed & set(self._read(part, without_ctes=part is self._statement)):
                yield f"reads {self._schema.tables[table]} after it was changed"
            if part.word("commandType") == SELECT and not part.nodes("targetList"):
                yield "has a part without a column"
            changed |= self._changed(part)
        if any(part.word("commandType") == INSERT for part in parts):
            ctes = {id(part) for part in parts}
            for node in self._statement.below(into=False):
                is_subquery = node.kind == "QUERY" and id(node) not in ctes
                if is_subquery and not node.nodes("targetList") and list(self._chat_tables(node)):
                    yield "has a part without a column"

    def _changed(self, part: Node) -> set[str]:
        target = _target(part)
        if part.word("commandType") == DELETE:
            return {target, *self._schema.cascades.get(target, ())}
        return {target} - {""}

    def _read(self, part: Node, *, without_ctes: bool) -> Iterator[str]:
        apart: Sequence[Node] = part.nodes("cteList") if without_ctes else ()
        ctes = {id(_cte_query(cte)) for cte in apart}
        for query, above in _queries(part, ()):
            if ctes & {id(each) for each in (query, *above)}:
                continue
            for number, table in self._chat_tables(query):
                if number != query.number("resultRelation"):
                    yield table

    # Joins

    def _of_joins(self) -> Iterator[str]:
        tables = {
            table.word("relid")
            for query, _ in self._queries
            for table in query.nodes("rtable")
            if table.word("rtekind") == RELATION
        }
        everywhere = self._schema.chat_columns.keys() | self._schema.reference_tables
        if tables & self._schema.chat_columns.keys() and tables - everywhere:
            yield "joins tables of chats with what is on the coordinator alone"
        for query, _ in self._queries:
            if query.word("hasRecursive") == "true":
                yield "is recursive"
            for table in query.nodes("rtable"):
                if (
                    table.word("rtekind") == FUNCTION
                    and len(table.nodes("functions")) > 1
                    and table.word("lateral") == "false"
                    and table.word("funcordinality") == "false"
                    and len(query.nodes("rtable")) > 1
                ):
                    yield "joins what several functions return side by side"


def _queries(query: Node, above: Sequence[Node]) -> Iterator[tuple[Node, Sequence[Node]]]:
    """A query and all those within it, each with those that it is within."""
    yield query, above
    for node in query.below(into=False):
        if node.kind == "QUERY":
            yield from _queries(node, (*above, query))


def _cte_query(cte: Node) -> Node:
    query = cte.node("ctequery")
    assert query
    return query


def _target(query: Node) -> str:
    """The table that a query changes; empty if it changes none."""
    number = query.number("resultRelation")
    return query.nodes("rtable")[number - 1].word("relid") if number else ""


def _selects_of_insert(query: Node) -> Iterator[Node]:
    if query.word("commandType") == INSERT:
        for table in query.nodes("rtable"):
            yield from table.nodes("subquery")


def _inserted(query: Node, column: int) -> str:
    """The parameter that an INSERT puts into a column; empty if it is something else."""
    [entry] = [each for each in query.nodes("targetList") if each.number("resno") == column]
    value = entry.node("expr")
    if value and value.kind == "VAR":
        select = query.nodes("rtable")[value.number("varno") - 1].node("subquery")
        if select is None:
            return ""
        value = select.nodes("targetList")[value.number("varattno") - 1].node("expr")
    return value.word("paramid") if value and value.kind == "PARAM" else ""


def _conditions(query: Node) -> Iterator[Node]:
    """All that a query's rows must fulfil at once, those of its joins included."""
    join_tree = query.node("jointree")
    if join_tree:
        for node in (join_tree, *join_tree.below(into=False)):
            if node.kind in {"FROMEXPR", "JOINEXPR"}:
                for condition in node.nodes("quals"):
                    yield from _all_of(condition)


def _all_of(condition: Node) -> Iterator[Node]:
    if condition.kind == "BOOLEXPR" and condition.word("boolop") == "and":
        for each in condition.nodes("args"):
            yield from _all_of(each)
    else:
        yield condition


def _place(column: Node, above: Sequence[Node]) -> str:
    """Where the table of a column is: how many queries it is within, and its number there."""
    return f"{len(above) - column.number('varlevelsup')} {column.number('varno')}"
