"""Cuts a Korean sentence into clauses, each of which ends with a verb."""

from collections.abc import Sequence
from typing import Final

from bot.understanding.deciding.clause import Around, Clause, phrase_kinds
from bot.understanding.deciding.korean.moods import DONE
from bot.understanding.deciding.korean.parts import ASIDE_ENDINGS, went_bad
from bot.understanding.reading.marks import Kind, Mark

OPEN: Final = frozenset({"of", "to_come", "while"})
"""A verb in one of these moods goes on with the next word."""


def korean_clauses(marks: Sequence[Mark], around: Around) -> list[Clause]:
    """Cut a sentence into clauses, each of which ends with a verb."""
    parts: list[tuple[list[Mark], Mark | None]] = []
    current: list[Mark] = []
    for at, mark in enumerate(marks):
        current.append(mark)
        if mark.verb is not None and not _goes_on(mark, marks, at):
            parts.append((current, mark))
            current = []
    if len(parts) > 1 and _is_reason(parts[-1]):
        reason, _ = parts.pop()
        parts[-1][0].extend(reason)  # 버렸어 쉬어서
    if current and parts:
        parts[-1][0].extend(current)  # 우유 샀어 두 개
    elif current:
        parts.append((current, None))
    clauses: list[Clause] = []
    mood = ""
    for said, verb in reversed(parts):
        if verb is None or verb.verb is None:
            continue
        does, own_mood = verb.verb
        mood = _mood(own_mood, does, mood)
        clauses.append(Clause(said, verb, does, mood, around, phrase_kinds(said)))
    return clauses[::-1]


def _is_reason(part: tuple[list[Mark], Mark | None]) -> bool:
    said, verb = part
    return len(said) == 1 and verb is not None and went_bad(verb)


def _mood(own: str, does: str, following: str) -> str:
    """The mood of a verb. One that goes on with "and" (먹고) has that of the next verb."""
    if own != "link":
        return own
    if following:
        return "report" if following in DONE else following
    return "report" if does == "gone" else "while"


def _goes_on(mark: Mark, marks: Sequence[Mark], at: int) -> bool:
    verb = mark.verb
    if verb is None:
        return True
    following = next((one for one in marks[at + 1 :] if one.verb is not None), None)
    if following is None:
        return False
    if verb.mood in OPEN or verb.does == "cook" or verb.mood == "reason":
        return True
    if verb.mood == "plan":
        return mark.said.endswith(ASIDE_ENDINGS)
    if verb.does == "given" and verb.mood == "link":  # 1500원 주고
        return any(one.kind is Kind.PRICE for one in marks[:at])
    is_next = marks[at + 1] is following
    return verb.mood == "bare" and is_next  # 배달 왔어, 필요 없어
