"""What leads to the verb of an English clause and follows it, and whether all is accounted for."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from bot.understanding.deciding.clause import Clause, left_over, phrase_kinds
from bot.understanding.deciding.english.clauses import AFTER, is_verb
from bot.understanding.deciding.items.item import Gathered
from bot.understanding.deciding.items.rows import in_rows
from bot.understanding.meaning import Act, Deed
from bot.understanding.reading.marks import Kind, Mark

ALWAYS: Final = frozenset({"filler", "time", "and", "but", "pronoun", "be", "on_day"})
LEADING: Final = ALWAYS | {"person", "only", "polite", "third"}
BUYING: Final = ALWAYS | {"more", "lunch", "all", "some", "particle", "only", "home"}
EATING: Final = ALWAYS | {"why", "all", "some", "nearly", "lunch", "only", "particle", "any"}
LACKING: Final = frozenset({"filler", "more", "any", "all", "of", "home", "but"})
SWALLOWED: Final = frozenset({Kind.NAME, Kind.WORD, Kind.NOTE, Kind.AMOUNT, Kind.SHARE, Kind.PRICE})
SWALLOWED_PHRASES: Final = frozenset(
    {"determiner", "person", "of", "time", "lunch", "pronoun", "elsewhere"}
)
MOST_SWALLOWED: Final = 5
OUT: Final = frozenset({"out", "away", "off", "in the bin", "in the trash", "into the bin"})


class EnglishClause:
    """An English clause: what leads to its verb, and what follows."""

    def __init__(self, clause: Clause, previous: Deed | None, beside: Deed | None) -> None:
        self.clause = clause
        self.previous = previous
        self.beside = beside
        marks = clause.marks
        at = next(index for index, mark in enumerate(marks) if mark is clause.verb)
        self.before = marks[:at]
        self.behind = marks[at + 1 :]
        self.leading = phrase_kinds(self.before)
        self.following = phrase_kinds(self.behind)
        self.is_after = clause.mood.endswith(AFTER)
        self.mood = clause.mood.removesuffix(AFTER)

    @property
    def is_out(self) -> bool:
        """Whether "out" stands in the verb or behind it."""
        return self.clause.said.endswith("out") or any(says(mark, OUT) for mark in self.behind)

    def sure(self, act: Act, found: Gathered, rest: Sequence[Mark]) -> Deed:
        """The deed, if all is accounted for. "It" is what was spoken of before."""
        clause = self.clause
        others = [mark for mark in rest if not (mark.phrase and "it" in mark.phrase)]
        if not found.items and len(others) < len(rest) and self.previous is not None:
            things = [replace(thing, share=None) for thing in self.previous.things]
            if others or not things:
                return clause.unsure(act, things, [mark.said for mark in others])
            return Deed(act, things, why=clause.why)
        if not found.items:
            deed = clause.unsure(act, (), [mark.said for mark in rest])
            return replace(deed, fix=found.fix(), guess=None if rest else act)
        things = in_rows(found.items, clause.around.text)
        deed = clause.sure(act, found, rest)
        return replace(deed, things=things)

    def before_things(
        self,
        act: Act,
        allowed: frozenset[str],
        *,
        swallow: str = "",
        lead: frozenset[str] = LEADING,
        spread: bool = False,
    ) -> Deed:
        """The deed of a verb that stands before its things."""
        clause = self.clause
        behind = without_tail(self.behind, swallow) if swallow else self.behind
        found = clause.gather(behind, spread=spread)
        leads = clause.gather(self.before)
        rest = [*left_over(leads.rest, lead), *left_over(found.rest, allowed)]
        rest += leads.loose.marks
        if leads.items:
            rest += [mark for mark in self.before if mark.kind in (Kind.NAME, Kind.WORD)]
        rest += [mark for mark in self.behind if is_verb(mark)]
        return self.sure(act, found, rest)

    def behind_things(self, act: Act, allowed: frozenset[str]) -> Deed:
        """The deed of a verb that stands behind its things."""
        clause = self.clause
        found = clause.gather(self.before)
        behind = clause.gather(self.behind)
        rest = [*left_over(found.rest, allowed), *left_over(behind.rest, allowed)]
        rest += behind.loose.marks
        if behind.items:
            rest += [mark for mark in self.behind if mark.kind in (Kind.NAME, Kind.WORD)]
        return self.sure(act, found, rest)


def says(mark: Mark, words: frozenset[str]) -> bool:
    """Whether a mark is one of the words."""
    return mark.said.lower() in words


def is_but(mark: Mark) -> bool:
    """Whether an exception follows."""
    return bool(mark.phrase and "except" in mark.phrase) or mark.said.lower() == "but"


def may_swallow(marks: Sequence[Mark]) -> bool:
    """Whether marks may be passed over: a shop, a meal, a dish, a person."""
    return len(marks) <= MOST_SWALLOWED and all(
        mark.kind in SWALLOWED or (mark.phrase and mark.phrase.keys() & SWALLOWED_PHRASES)
        for mark in marks
    )


def without_tail(marks: Sequence[Mark], kind: str) -> Sequence[Mark]:
    """The marks without what is said of a shop or a dish: from Tesco, for the cake."""
    kept: list[Mark] = []
    at = 0
    has_thing = False
    while at < len(marks):
        mark = marks[at]
        has_thing = has_thing or mark.kind in (Kind.NAME, Kind.WORD)
        if has_thing and mark.phrase and kind in mark.phrase and "place" not in mark.phrase:
            end = at + 1
            while end < len(marks) and not _separates(marks[end]):
                end += 1
            if end > at + 1 and may_swallow(marks[at + 1 : end]):
                at = end
                continue
        kept.append(mark)
        at += 1
    return kept


def _separates(mark: Mark) -> bool:
    phrase = mark.phrase or {}
    return mark.kind in (Kind.COMMA, Kind.JOIN) or "and" in phrase or "but" in phrase
