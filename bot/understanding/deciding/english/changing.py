"""The rules of English verbs that change what is there: froze, moved, swap."""

from dataclasses import replace
from typing import Final

from bot.understanding.deciding.clause import fixed, in_place, known, left_over
from bot.understanding.deciding.english.parts import ALWAYS, LEADING, EnglishClause, says
from bot.understanding.meaning import Act, Deed
from fridge.lots import Place

BETWEEN: Final = frozenset({"for", "with", "by", "to", "into"})


def freeze(english: EnglishClause) -> Deed:
    """Froze the chicken."""
    return _moved(english, Place.FREEZER)


def thaw(english: EnglishClause) -> Deed:
    """Thawed the chicken."""
    return _moved(english, Place.FRIDGE)


def move(english: EnglishClause) -> Deed:
    """Moved the chicken to the freezer."""
    return _moved(english, None)


def _moved(english: EnglishClause, place: Place | None) -> Deed:
    clause = english.clause
    if place is not None and english.mood != "report":
        return clause.unsure(Act.MOVE, known(clause.gather(english.behind).things()))
    found = clause.gather(english.behind, spread=place is None)
    place = place or found.destination()
    if place is None:
        return clause.unsure(None, known(found.things()))
    deed = english.before_things(Act.MOVE, ALWAYS | {"all", "polite", "only", "more"}, spread=True)
    return replace(deed, things=in_place(deed.things, place), place=place)


def swap(english: EnglishClause) -> Deed:
    """Swap milk for oat milk; change the milk to 2 l."""
    clause = english.clause
    cut = next((i for i, mark in enumerate(english.behind) if says(mark, BETWEEN)), -1)
    if cut < 0:
        return clause.unsure(None, known(clause.gather(english.behind).things()))
    old, new = clause.gather(english.behind[:cut]), clause.gather(english.behind[cut + 1 :])
    rest = left_over([*old.rest, *new.rest], ALWAYS | {"polite", "fridge_list"})
    rest += left_over(english.before, LEADING)
    before, fix = old.things(), new.fix()
    if rest:
        return clause.unsure(Act.CORRECT, known(before), [mark.said for mark in rest])
    if before and new.items:
        return Deed(Act.CORRECT, new.things(), instead_of=before, why=clause.why)
    if fix is None:
        return clause.unsure(None, known(before))
    if not before:
        return Deed(Act.CORRECT, fix=fix, why=clause.why)
    changed = [fixed(thing, fix.lot) for thing in before]
    if fix.lot.best_before and not fix.lot.amount:
        return Deed(Act.DATE, changed, why=clause.why)
    return Deed(Act.CORRECT, changed, instead_of=before, why=clause.why)
