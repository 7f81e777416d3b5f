"""The operators: some of Cosmic Ray's, and ours for SQL and for forgotten calls and conditions."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

import parso
from cosmic_ray import plugins
from cosmic_ray.operators.provider import OperatorProvider

from tools.mutants.sql import careless_edits

# A node of parso's tree, which has no types.
Node = Any

CHOSEN: Final = re.compile(
    r"ReplaceComparisonOperator_(Lt_LtE|LtE_Lt|Gt_GtE|GtE_Gt|Eq_NotEq|NotEq_Eq|Is_IsNot|IsNot_Is)"
    r"|ReplaceBinaryOperator_(Add_Sub|Sub_Add|Mul_Div|Div_Mul|FloorDiv_Mul|Mod_Add)"
    r"|ReplaceUnaryOperator_Delete_(Not|USub)"
    r"|AddNot|ReplaceTrueWithFalse|ReplaceFalseWithTrue"
    r"|ReplaceBreakWithContinue|ReplaceContinueWithBreak|ExceptionReplacer|NumberReplacer"
)
"""The operators of Cosmic Ray that are used: for each right sign or condition, one wrong one."""

MOST_TELLING: Final = re.compile(
    r"ours/(Sql|TakeOne|LoseOperand)|core/ReplaceComparisonOperator_[LG]t"
)
"""Operators whose edits pass the tests most often; they go first."""

_TYPES_ARE_OTHERS: Final = frozenset(
    {"all", "any", "bool", "dict", "enumerate", "float", "frozenset", "int", "isinstance", "iter"}
    | {"len", "list", "next", "range", "set", "str", "sum", "super", "text", "timedelta"}
    | {"tuple", "type"}
)
"""Functions that return another type than their argument's. Any test fails without them."""

_EXTREMES: Final = frozenset({"max", "min"})
_METHODS_THAT_CHANGE_TEXT: Final = frozenset({"casefold", "lower", "lstrip", "rstrip", "strip"})
_LOGGERS: Final = frozenset({"logger", "_logger"})


class _Operator:
    """An operator as Cosmic Ray calls it. `wrong` yields the wrong codes for a node."""

    wrong: Callable[[Node], Iterator[str]]

    @classmethod
    def arguments(cls) -> Sequence[Any]:
        return ()

    def mutation_positions(self, node: Node) -> Iterator[tuple[Any, Any]]:
        for _ in type(self).wrong(node):
            yield node.start_pos, node.end_pos

    def mutate(self, node: Node, index: int) -> Node:
        code = list(type(self).wrong(node))[index]
        return parso.parse(node.get_first_leaf().prefix + code)


class Sql(_Operator):
    """Makes a careless edit of a statement, or of a part of a statement."""

    @staticmethod
    def wrong(node: Node) -> Iterator[str]:
        """Yield the string with each edit."""
        if node.type in {"string", "fstring"} and node.parent.type != "simple_stmt":
            code = node.get_code(include_prefix=False)
            for edit in careless_edits(code):
                yield edit.of(code)


class LoseOperand(_Operator):
    """Makes `a`, and `b`, of `a and b`."""

    @staticmethod
    def wrong(node: Node) -> Iterator[str]:
        """Yield the condition without each of its parts."""
        if node.type in {"and_test", "or_test"}:
            operands = node.children[::2]
            word = node.children[1].value
            for lost in operands:
                yield f" {word} ".join(_code(one) for one in operands if one is not lost)


class TakeOne(_Operator):
    """Makes `a`, and `b`, of `max(a, b)`."""

    @staticmethod
    def wrong(node: Node) -> Iterator[str]:
        """Yield each argument, in place of the call."""
        name, arguments = _call(node)
        if name in _EXTREMES and len(arguments) > 1:
            yield from map(_code, arguments)


class Unwrap(_Operator):
    """Makes `text` of `escape(text)` and of `text.lower()`."""

    @staticmethod
    def wrong(node: Node) -> Iterator[str]:
        """Yield the argument, in place of the call."""
        name, arguments = _call(node)
        if name.islower() and name not in _TYPES_ARE_OTHERS and len(arguments) == 1:
            yield _code(arguments[0])
        if not arguments and name in _METHODS_THAT_CHANGE_TEXT:
            yield "".join(child.get_code() for child in node.children[:-2]).strip()


class LoseCall(_Operator):
    """Makes `pass` of a statement that is a call."""

    @staticmethod
    def wrong(node: Node) -> Iterator[str]:
        """Yield `pass`, in place of the call."""
        called = node.children[-1] if node.type in {"atom_expr", "await"} else node
        is_statement = node.parent is not None and node.parent.type == "simple_stmt"
        is_call = node.type in {"atom_expr", "power"} and called.get_code().endswith(")")
        if is_statement and is_call and _code(node.children[0]) not in _LOGGERS:
            yield "pass"


OURS: Final = {kind.__name__: kind for kind in (Sql, LoseOperand, TakeOne, Unwrap, LoseCall)}


def use_operators() -> None:
    """Have Cosmic Ray use these operators."""
    core = OperatorProvider()
    providers: dict[str, Mapping[str, object]] = plugins.OPERATOR_PROVIDERS
    providers.clear()
    providers.update({"core": {name: core[name] for name in core if CHOSEN.fullmatch(name)}})
    providers.update({"ours": OURS})


def _code(node: Node) -> str:
    code: str = node.get_code(include_prefix=False)
    return code


def _call(node: Node) -> tuple[str, Sequence[Node]]:
    """Return the last name of the callee, and the arguments, of a call without keywords."""
    if node.type not in {"atom_expr", "power"} or node.children[0].type == "keyword":
        return "", ()
    *callee, last = node.children
    if last.type != "trailer" or last.children[0].value != "(":
        return "", ()
    name = callee[-1].children[-1] if callee[-1].type == "trailer" else callee[-1]
    inner = last.children[1:-1]
    arguments = inner[0].children[::2] if inner and inner[0].type == "arglist" else inner
    if name.type != "name" or any(one.type in {"argument", "star_expr"} for one in arguments):
        return "", ()
    return name.value, arguments
