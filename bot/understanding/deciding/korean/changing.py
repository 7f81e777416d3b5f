"""The rules of Korean verbs that change what is there: 얼렸어, 옮겼어, 바꿔줘, 취소."""

from dataclasses import replace

from bot.understanding.deciding.clause import Clause, fixed, has_part, in_place, known, left_over
from bot.understanding.deciding.korean.moods import DONE, ORDERS
from bot.understanding.deciding.korean.parts import (
    ALWAYS,
    WITH_ONLY,
    accounted,
    beside_verb,
    not_so,
)
from bot.understanding.meaning import Act, Deed
from fridge.lots import Lot, Place


def _moved(clause: Clause, place: Place | None) -> Deed:
    if deed := not_so(clause, DONE if place else DONE | ORDERS):
        return deed
    found = clause.gather(beside_verb(clause), spread=place is None)
    place = place or found.destination()
    if place is None:
        return clause.unsure(None, known(found.things()))
    if has_part(found.things()) and clause.does == "thaw":  # melted butter
        return clause.unsure(Act.MOVE, known(found.things()), [clause.said])
    deed = accounted(clause, Act.MOVE, found, ALWAYS | {"all", "person", "last"}, WITH_ONLY)
    several = {item.place for item in found.items if item.place}
    things = deed.things if len(several) > 1 else in_place(deed.things, place)
    return replace(deed, things=things, place=place)


def freeze(clause: Clause) -> Deed:
    """만두 얼렸어."""
    return _moved(clause, Place.FREEZER)


def thaw(clause: Clause) -> Deed:
    """고기 녹였어."""
    return _moved(clause, Place.FRIDGE)


def move(clause: Clause) -> Deed:
    """만두 냉동실로 옮겼어."""
    return _moved(clause, None)


def swap(clause: Clause) -> Deed:
    """우유를 두유로 바꿔줘, 계란 10개로 수정."""
    if deed := not_so(clause, DONE | ORDERS):
        return deed
    found = clause.gather(beside_verb(clause))
    rest = left_over(found.rest, ALWAYS | {"no", "fridge_list"})
    things = found.things()
    new = [thing for thing, item in zip(things, found.items, strict=True) if item.role == "to"]
    old = [thing for thing, item in zip(things, found.items, strict=True) if item.role != "to"]
    if rest:
        return clause.unsure(Act.CORRECT, known(things), [mark.said for mark in rest])
    if new:
        return Deed(Act.CORRECT, new, instead_of=old, why=clause.why)
    if not old:
        fix = found.fix()
        return Deed(Act.CORRECT, fix=fix, why=clause.why) if fix else clause.unsure(None)
    if len(old) == 1 and old[0].lot.best_before and not old[0].lot.amount:
        return Deed(Act.DATE, old, why=clause.why)
    if len(old) == 1 and (old[0].lot.amount or old[0].lot.place):
        before = [fixed(replace(old[0], lot=Lot()), Lot())]
        return Deed(Act.CORRECT, old, instead_of=before, why=clause.why)
    return clause.unsure(None, known(things))


def undo(clause: Clause) -> Deed:
    """방금 거 취소해줘."""
    found = clause.gather(beside_verb(clause))
    rest = left_over(found.rest, ALWAYS | {"undo"})
    if found.items or rest or clause.mood not in {*ORDERS, *DONE}:
        return clause.unsure(None, known(found.things()))
    return Deed(Act.UNDO, why=clause.why)
