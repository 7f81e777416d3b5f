"""Decides an English clause: by what turns it round, and then by the rule of its verb."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Final

from bot.understanding.deciding.clause import Clause, known, phrase_kinds
from bot.understanding.deciding.english.changing import freeze, move, swap, thaw
from bot.understanding.deciding.english.coming import back, buy, errand, got, need, put, shopped
from bot.understanding.deciding.english.going import bad, discard, done, eat, finish, gone, left
from bot.understanding.deciding.english.parts import EnglishClause
from bot.understanding.deciding.english.turning import (
    all_but,
    asked,
    begin_of_not,
    begin_of_still,
    denied,
    excepted,
    none_left,
)
from bot.understanding.meaning import Because, Deed

_CLAIMS: Final = {
    "left": ("still",),
    "need": ("elsewhere",),
    "buy": ("elsewhere",),
    "got": ("elsewhere",),
    "back": ("elsewhere",),
    "errand": ("elsewhere",),
}


def english_deed(clause: Clause, previous: Deed | None, beside: Deed | None = None) -> Deed:
    """The deed of a clause with an English verb.

    `previous` is what "it" stands for, `beside` the deed before it in the same sentence.
    """
    return _decide(EnglishClause(clause, previous, beside))


def _decide(english: EnglishClause) -> Deed:
    """The deed of the clause."""
    if (at := begin_of_not(english) or begin_of_still(english)) > 0:
        clause = replace(english.clause, marks=english.clause.marks[:at])
        clause.kinds = phrase_kinds(clause.marks)
        return _decide(EnglishClause(clause, english.previous, english.beside))
    for rule in (asked, none_left, denied, all_but, excepted):
        if deed := rule(english):
            return deed
    clause = english.clause
    if deed := clause.turned_round(without=_claimed(english)):
        return deed
    if english.mood == "plan" and "polite" not in english.leading:
        return clause.nothing(Because.PLAN)
    rule_of_verb = _RULES.get(clause.does)
    if rule_of_verb is None:
        return clause.unsure(None, known(clause.gather(clause.marks).things()))
    return rule_of_verb(english)


def _claimed(english: EnglishClause) -> Sequence[str]:
    """The kinds of phrases that the verb itself, or a request, understands."""
    return _CLAIMS.get(english.clause.does, ())


_RULES: Final[Mapping[str, Callable[[EnglishClause], Deed]]] = {
    "buy": buy,
    "got": got,
    "back": back,
    "errand": errand,
    "put": put,
    "eat": eat,
    "finish": finish,
    "gone": gone,
    "done": done,
    "discard": discard,
    "bad": bad,
    "left": left,
    "need": need,
    "freeze": freeze,
    "thaw": thaw,
    "move": move,
    "swap": swap,
    "shopped": shopped,
}
