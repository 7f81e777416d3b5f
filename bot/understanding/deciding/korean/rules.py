"""Decides a Korean clause: by what turns it round, and then by the rule of its verb."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from bot.understanding.deciding.clause import Clause, known
from bot.understanding.deciding.korean.changing import freeze, move, swap, thaw, undo
from bot.understanding.deciding.korean.coming import (
    buy,
    come,
    forget,
    given,
    have,
    keep,
    need,
    put,
    shopped,
)
from bot.understanding.deciding.korean.going import bad, discard, eat, finish, gone, left, out
from bot.understanding.deciding.korean.moods import ORDERS
from bot.understanding.deciding.korean.turning import (
    asked,
    corrected,
    denied,
    excepted,
    only_that_much,
)
from bot.understanding.meaning import CHANGING, Deed
from bot.understanding.reading.marks import Kind, Mark

HOLDING: Final = frozenset({"have", "left"})
CARS: Final = "대"


def korean_deed(clause: Clause) -> Deed:
    """The deed of a clause that ends with a Korean verb."""
    for rule in (asked, excepted, corrected, denied, only_that_much):
        if deed := rule(clause):
            return deed
    if deed := clause.turned_round(without=_claimed(clause)):
        return deed
    if "zero" in clause.kinds and clause.does not in HOLDING:
        return clause.unsure(None, known(clause.gather(clause.marks).things()))  # 0개 샀어
    rule_of_verb = _RULES.get(clause.does)
    if rule_of_verb is None:
        return clause.unsure(None, known(clause.gather(clause.marks).things()))
    deed = rule_of_verb(clause)
    if deed.act in CHANGING and any(_is_no_food(mark, deed, clause) for mark in clause.marks):
        return clause.unsure(deed.act, deed.things)
    return deed


def _is_no_food(mark: Mark, deed: Deed, clause: Clause) -> bool:
    """차 빼줘: a car."""
    if not mark.homograph or not clause.said.startswith(mark.homograph):
        return False
    amounts = [one.size_word for one in clause.marks if one.kind is Kind.AMOUNT]
    return len(deed.things) == 1 and (not amounts or CARS in amounts)


def _claimed(clause: Clause) -> Sequence[str]:
    """The kinds of phrases that the verb itself understands."""
    if clause.does == "discard" and clause.mood in ORDERS and _only_if_there(clause):
        return ("wish",)  # 우유 있으면 빼줘
    return _CLAIMS.get(clause.does, ())


def _only_if_there(clause: Clause) -> bool:
    wishes = [mark.said for mark in clause.marks if mark.phrase and "wish" in mark.phrase]
    return wishes == ["있으면"]


_CLAIMS: Final = {
    "left": ("still",),
    "have": ("still",),
    "buy": ("elsewhere",),
    "come": ("elsewhere",),
    "put": ("elsewhere",),
    "given": ("elsewhere",),
}
_RULES: Final[Mapping[str, Callable[[Clause], Deed]]] = {
    "buy": buy,
    "put": put,
    "come": come,
    "given": given,
    "have": have,
    "eat": eat,
    "finish": finish,
    "discard": discard,
    "out": out,
    "gone": gone,
    "bad": bad,
    "left": left,
    "need": need,
    "freeze": freeze,
    "thaw": thaw,
    "move": move,
    "keep": keep,
    "swap": swap,
    "shopped": shopped,
    "undo": undo,
    "forget": forget,
}
