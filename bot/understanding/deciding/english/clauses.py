"""Cuts an English sentence into clauses, and finds the verb that decides each."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from bot.understanding.deciding.clause import Around, Clause, phrase_kinds
from bot.understanding.reading.marks import Kind, Mark

AFTER: Final = "_after"
"""The end of a mood whose verbs stand behind their things."""
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
    return [_clause(part, around) for part in parts]


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
        return False
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
    said, mood = does(verb) if verb is not None else ("", "")
    return Clause(marks, verb, said, mood, around, phrase_kinds(marks))


def _main(verbs: Sequence[Mark]) -> Mark | None:
    for mark in verbs:
        if does(mark) == ("gone", "state"):  # no milk left
            return mark
    for word in MAIN:
        for mark in verbs:
            if does(mark)[0] == word:
                return mark
    return verbs[0] if verbs else None
