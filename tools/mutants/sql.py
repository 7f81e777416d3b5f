"""Careless edits of SQL: a lost condition, half a `greatest`, `<` for `<=`, a lost ORDER BY."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, NamedTuple


class Edit(NamedTuple):
    """An edit that puts a text in place of the code between two offsets."""

    begin: int
    end: int
    text: str

    def of(self, code: str) -> str:
        """Return the code after the edit."""
        return code[: self.begin] + self.text + code[self.end :]


_IS_SQL: Final = re.compile(
    r"\b(SELECT|UPDATE|DELETE|INSERT|WHERE|AND|OR|NOT|EXISTS|ORDER BY|JOIN|DESC|CASE)\b"
)
_LITERAL: Final = re.compile(r"""[fFrR]*("{3}|"|')""")
_TOKEN: Final = re.compile(r"\w+|[(),;]")

_NEUTRAL: Final = {"AND": "true", "OR": "false", "WHERE": "true", "ON": "true", "HAVING": "true"}
_CLAUSES: Final = frozenset(
    {"AS", "CROSS", "DELETE", "DO", "ELSE", "FOR", "FROM", "GROUP", "HAVING", "INSERT", "JOIN"}
    | {"LEFT", "LIMIT", "OFFSET", "ON", "ORDER", "RETURNING", "SELECT", "SET", "THEN", "UNION"}
    | {"UPDATE", "USING", "VALUES", "WHEN", "WHERE", "WINDOW", "WITH"}
)
_CLAUSES_THAT_GO: Final = re.compile(r"\s*\b(ORDER BY|LIMIT|OFFSET|FOR UPDATE)\b")
_CHOICE: Final = re.compile(r"\b(greatest|least|coalesce)\(")
_SUBSTITUTES: Final = (
    (re.compile(r"(?<![<>=-])<(?![<>=])"), "<="),
    (re.compile(r"(?<![<>=-])>(?![<>=])"), ">="),
    (re.compile(r"<="), "<"),
    (re.compile(r">="), ">"),
    (re.compile(r"<>"), "="),
    (re.compile(r"\bIS NULL\b"), "IS NOT NULL"),
    (re.compile(r"\bIS NOT NULL\b"), "IS NULL"),
    (re.compile(r"(?<!IS )\bNOT (?!NULL)"), ""),
    (re.compile(r"\bLEFT JOIN\b"), "JOIN"),
    (re.compile(r"\bDISTINCT (?!FROM)"), ""),
    (re.compile(r" DESC\b"), ""),
    (re.compile(r"(?<=[\w)]) [+-] [\w.:]+(\([^()]*\))?"), ""),
)


def careless_edits(literal: str) -> Iterator[Edit]:
    """Yield the careless edits of the SQL in a string; none if the string holds no SQL.

    Args:
        literal: the string or f-string as it is in the code, with its quotes.
    """
    opening = _LITERAL.match(literal)
    if not opening or not _IS_SQL.search(literal):
        return
    begin, end = opening.end(), len(literal) - len(opening[1])
    code = " " * begin + _masked(literal[begin:end])
    yield from _lost_operands(code)
    yield from _lost_assignments(code)
    for clause in _CLAUSES_THAT_GO.finditer(code):
        yield Edit(clause.start(), _end_of_clause(code, clause.end()), "")
    for choice in _CHOICE.finditer(code):
        first, *others = _arguments(code, choice.end())
        for argument in (first, *others):
            yield Edit(choice.start(), (first, *others)[-1].end + 1, literal[slice(*argument)])
    for pattern, text in _SUBSTITUTES:
        for found in pattern.finditer(code):
            yield Edit(found.start(), found.end(), text)


class _Span(NamedTuple):
    begin: int
    end: int


def _masked(code: str) -> str:
    """Return the code with the letter x for each character in braces or quotes, which is no SQL."""
    depth, quoted, masked = 0, False, ""
    for character in code:
        depth += character == "{"
        quoted ^= character == "'" and not depth
        masked += "x" if depth or quoted or character == "'" else character
        depth -= character == "}"
    return masked


@dataclass(slots=True)
class _Level:
    """The operand that is open between two parentheses, and the word before it."""

    begin: int
    word: str = ""


def _lost_operands(code: str) -> Iterator[Edit]:
    levels = [_Level(0)]
    before = ""
    for token in _TOKEN.finditer(code):
        word, level = token[0], levels[-1]
        if word in {"(", "CASE"}:
            levels.append(_Level(token.end()))
        elif word in {")", "END"}:
            yield from _lost_operand(code, level, token.start(), "")
            if len(levels) > 1:
                levels.pop()
        elif (word in _CLAUSES and before != "DISTINCT") or word in {"AND", "OR", ",", ";"}:
            yield from _lost_operand(code, level, token.start(), word)
            level.begin = token.end()
            conflict = word == "ON" and code.startswith(" CONFLICT", token.end())
            level.word = "" if conflict else word
        before = word
    yield from _lost_operand(code, levels[-1], len(code), "")


def _lost_operand(code: str, level: _Level, end: int, word: str) -> Iterator[Edit]:
    """Yield the edits that lose the operand between two words, if there is an operand."""
    operand = code[level.begin : end]
    begin = level.begin + len(operand) - len(operand.lstrip())
    end = level.begin + len(operand.rstrip())
    if begin >= end or code[begin:end] in {"true", "false"}:
        return
    if level.word == "WHEN":
        yield Edit(begin, end, "true")
        yield Edit(begin, end, "false")
    elif level.word in _NEUTRAL:
        if level.word in {"WHERE", "ON", "HAVING"} and word == "OR":
            yield Edit(begin, end, "false")
        else:
            yield Edit(begin, end, _NEUTRAL[level.word])
    elif word in {"AND", "OR"}:
        yield Edit(begin, end, _NEUTRAL[word])


def _lost_assignments(code: str) -> Iterator[Edit]:
    """Yield the edits that lose one of several assignments of an UPDATE."""
    for found in re.finditer(r"\bSET\b", code):
        assignments = _arguments(code, found.end())
        if len(assignments) > 1:
            first, second = assignments[:2]
            yield Edit(first.begin, second.begin, "")
            for one, other in pairwise(assignments):
                yield Edit(one.end, other.end, "")


def _end_of_clause(code: str, begin: int) -> int:
    return _arguments(code, begin)[-1].end


def _arguments(code: str, begin: int) -> list[_Span]:
    """Return the parts of a list with commas, up to the end of the list."""
    spans: list[_Span] = []
    depth = 0
    for token in _TOKEN.finditer(code, begin):
        word = token[0]
        ends = not depth and (word in _CLAUSES or word in {")", ";", "END"})
        if ends or (not depth and word == ","):
            spans.append(_Span(begin, token.start()))
            begin = token.end()
        if ends:
            return [_trimmed(code, span) for span in spans]
        depth += (word in {"(", "CASE"}) - (word in {")", "END"})
    spans.append(_Span(begin, len(code)))
    return [_trimmed(code, span) for span in spans]


def _trimmed(code: str, span: _Span) -> _Span:
    text = code[slice(*span)]
    begin = span.begin + len(text) - len(text.lstrip())
    return _Span(begin, max(begin, span.begin + len(text.rstrip())))
