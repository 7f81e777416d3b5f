"""Cuts an English sentence into clauses, and finds the verb that decides each."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from bot.understanding.deciding.clause import QUESTIONS, Around, Clause, phrase_kinds
from bot.understanding.reading.marks import Kind, Mark

AFTER: Final = "_after"
"""The end of a mood whose verbs stand behind their things."""
ASKING: Final = QUESTIONS | {"question"}
AUXILIARIES: Final = frozenset({"have", "i have", "we have", "had", "got", "have got"})
MAIN: Final = ("left", "gone", "need", "bad", "discard", "finish")
"""If a clause has two verbs, such as "there are" and "left", the first of these decides."""


@dataclass(slots=True)
class _Run:
    """What stands between two separators."""

    marks: list[Mark]
    verbs: list[Mark]
    separator: Mark | None

    @property
    def has_items(self) -> bool:
        """Whether the clause names something."""
        return any(mark.kind in (Kind.NAME, Kind.WORD) for mark in self.marks)


def does(mark: Mark) -> tuple[str, str]:
    """What an English verb does, and its mood."""
    said, _, mood = (mark.phrase or {}).get("verb", "").partition(" ")
    return said, mood


def is_verb(mark: Mark) -> bool:
    """Whether a mark is an English verb."""
    return mark.phrase is not None and "verb" in mark.phrase


def english_clauses(marks: Sequence[Mark], around: Around) -> list[Clause]:
    """Cut a sentence into clauses. A verb behind a separator begins a new one."""
    parts: list[list[_Run]] = []
    for run in _runs(marks):
        if not run.marks:
            continue
        if parts and not _begins_clause(parts[-1], run):
            parts[-1].append(run)
        else:
            parts.append([run])
    clauses = [_clause(part, around) for part in parts]
    asking = next((i for i, one in enumerate(clauses) if begins_as_question(one.marks)), 0)
    for clause in clauses[:asking]:  # finished the wine, is there any beer?
        clause.around = replace(around, is_question=False)
    return clauses


def begins_as_question(marks: Sequence[Mark]) -> bool:
    """Whether the first word that is no filler asks something."""
    for mark in marks:
        kinds = mark.phrase.keys() if mark.phrase else frozenset[str]()
        if not kinds & {"filler", "and", "but"}:
            return bool(kinds & ASKING)
    return False


def _runs(marks: Sequence[Mark]) -> list[_Run]:
    runs = [_Run([], [], None)]
    depth = 0
    for mark in marks:
        depth += (mark.kind is Kind.OPEN) - (mark.kind is Kind.CLOSE)
        phrase = mark.phrase or {}
        is_between = mark.kind in (Kind.COMMA, Kind.JOIN) or "and" in phrase or "but" in phrase
        if is_between and not depth:
            runs.append(_Run([], [], mark))
            continue
        verbs = runs[-1].verbs
        if is_verb(mark):
            if verbs and verbs[-1] is runs[-1].marks[-1] and _is_auxiliary(verbs[-1]):
                verbs.pop()
                runs[-1].marks.pop()  # I have put
            verbs.append(mark)
        runs[-1].marks.append(mark)
    return runs


def _is_auxiliary(mark: Mark) -> bool:
    return mark.said.lower() in AUXILIARIES


def _begins_clause(part: Sequence[_Run], run: _Run) -> bool:
    """Whether a run begins a clause, and does not go on with the list before it."""
    verbs = [mark for one in part for mark in one.verbs]
    if not run.verbs:
        # after a verb and "but": ate the rice but not the milk
        return bool(verbs) and run.has_items and begins_as_question(run.marks)
    if verbs:
        return True
    is_after = does(run.verbs[0])[1].endswith(AFTER)
    if is_after:
        return False
    return any(one.has_items for one in part)


def _clause(part: Sequence[_Run], around: Around) -> Clause:
    marks: list[Mark] = []
    for run in part:
        if run.separator is not None and marks:
            marks.append(run.separator)
        marks += run.marks
    verbs = [mark for run in part for mark in run.verbs]
    verb = _main(verbs)
    if verb is not None:
        marks = _with_others(_without_end(marks), verb)
    said, mood = does(verb) if verb is not None else ("", "")
    return Clause(marks, verb, said, mood, around, phrase_kinds(marks))


def _without_end(marks: list[Mark]) -> list[Mark]:
    """The marks without "actually" at the end, which corrects nothing there."""
    while len(marks) > 1 and marks[-1].said.lower() == "actually":
        marks = marks[:-1]
        if marks[-1].kind is Kind.COMMA:
            marks = marks[:-1]
    return marks


def _with_others(marks: list[Mark], verb: Mark) -> list[Mark]:
    """Bring before the verb what it is said of too: the rice is gone, and so is the jam."""
    at = next((i for i, mark in enumerate(marks) if mark.phrase and "likewise" in mark.phrase), 0)
    begin = next(i for i, mark in enumerate(marks) if mark is verb)
    if not begin < at or not does(verb)[1].endswith(AFTER):
        return marks
    return [*marks[:begin], marks[at], *marks[at + 1 :], *marks[begin:at]]


def _main(verbs: Sequence[Mark]) -> Mark | None:
    for mark in verbs:
        if does(mark) == ("gone", "state"):  # no milk left
            return mark
    for word in MAIN:
        for mark in verbs:
            if does(mark)[0] == word:
                return mark
    return verbs[0] if verbs else None
