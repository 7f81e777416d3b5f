"""The rules of Korean verbs by which things go: 먹었어, 버렸어, 없어, 남았어, 상했어."""

from dataclasses import replace
from typing import Final

from bot.understanding.deciding.clause import Clause, has_part, known, left_over, whole
from bot.understanding.deciding.items.item import Gathered
from bot.understanding.deciding.korean.moods import DONE, ORDERS
from bot.understanding.deciding.korean.parts import (
    ALWAYS,
    EATING,
    LACKING,
    WITH_ONLY,
    accounted,
    beside_verb,
    not_so,
    only_known,
    went_bad,
)
from bot.understanding.meaning import Act, Because, Deed
from bot.understanding.reading.marks import Kind

USING: Final = ("쓰", "써", "썼", "썻", "씀", "쓴", "사용")
GUESSING: Final = ("나봐", "나보", "는듯")
"""상했나봐: the bot asks in any case."""
KINDLY: Final = frozenset({"좀", "쫌"})


def eat(clause: Clause) -> Deed:
    """우유 마셨어, 계란 2개 먹었어."""
    if deed := not_so(clause, DONE):
        return deed
    return _taken(clause, Act.USE)


def finish(clause: Clause) -> Deed:
    """다 해치웠어, 냉장고 비워줘."""
    if deed := not_so(clause, DONE | ORDERS):
        return deed
    found = clause.gather(beside_verb(clause))
    if not found.items and found.has_place:
        rest = left_over(found.rest, ALWAYS | {"all", "everything"})
        if rest:
            return clause.unsure(None, (), [mark.said for mark in rest])
        is_order = clause.mood in ORDERS
        return Deed(Act.TAKE, everything=True, is_order=is_order, place=found.place, why=clause.why)
    return _taken(clause, Act.TAKE)


def _taken(clause: Clause, otherwise: Act) -> Deed:
    """All, an amount, a part, or perhaps not all of the things."""
    found = clause.gather(beside_verb(clause))
    kinds = clause.kinds
    dishes = [item for item in found.items if item.role == "place"]
    if clause.said.startswith(USING) and len(dishes) < len(found.items):
        found.items = [item for item in found.items if item not in dishes]  # 국에 두부 썼어
    if kinds & {"some", "nearly"}:
        act = Act.USE
    elif has_part(found.things()) or found.loose.amounts or kinds & {"all", "last"}:
        act = Act.TAKE
    else:
        act = otherwise
    parts = [has_part([thing]) for thing in found.things()]
    if any(parts) and (
        not all(parts) or ("all" in kinds and (len(parts) > 1 or _has_share(found)))
    ):
        return clause.unsure(act, found.things(), [clause.said])
    if any(item.share_role not in {"", "object", "only"} for item in found.items):
        return clause.unsure(act, found.things(), ["반"])
    if any(item.share is not None and item.amounts for item in found.items):
        return clause.unsure(act, found.things())
    return accounted(clause, act, found, EATING, WITH_ONLY)


def _has_share(found: Gathered) -> bool:
    return any(item.share is not None for item in found.items)


def discard(clause: Clause) -> Deed:
    """우유 버렸어, 우유 빼줘."""
    if deed := not_so(clause, DONE | ORDERS):
        return deed
    found = clause.gather([mark for mark in beside_verb(clause) if not went_bad(mark)])
    is_order = clause.mood in ORDERS
    allowed = ALWAYS | {"all", "last", "fridge_list", "person", "why", "out_of"}
    if is_order:
        allowed |= {"wish"}  # 우유 있으면 빼줘
    if "shopping_list" in clause.kinds:
        return accounted(clause, Act.UNSHOP, found, allowed | {"shopping_list", "some"})
    if not found.items and clause.kinds & {"all", "everything"}:
        rest = left_over(found.rest, allowed | {"everything"})
        if rest or not is_order:
            return clause.unsure(None, (), [mark.said for mark in rest])
        return Deed(Act.TAKE, everything=True, is_order=True, place=found.place, why=clause.why)
    some = [mark.said for mark in clause.marks if mark.phrase and "some" in mark.phrase]
    if some and not (is_order and set(some) <= KINDLY):
        return accounted(clause, Act.USE, found, allowed | {"some"})
    if any(item.share_role not in {"", "object"} for item in found.items):
        return clause.unsure(Act.TAKE, found.things(), ["반"])
    deed = accounted(clause, Act.TAKE, found, allowed | {"some"}, WITH_ONLY)
    return replace(deed, is_order=is_order)


def out(clause: Clause) -> Deed:
    """고기 꺼내놨어: to thaw, or to use."""
    if deed := not_so(clause, DONE | ORDERS):
        return deed
    return clause.unsure(Act.TAKE, known(clause.gather(beside_verb(clause)).things()))


def gone(clause: Clause) -> Deed:
    """우유 없어, 우유 떨어졌어. The whole clause has to be that report."""
    moods = DONE | {"present", "state"}
    if deed := not_so(clause, moods):
        return deed
    found = clause.gather(beside_verb(clause))
    if clause.kinds & {"nearly", "some"}:
        return accounted(clause, Act.USE, found, LACKING | {"nearly", "some"})
    if clause.said.startswith("없었") or has_part(found.things()):
        return clause.unsure(Act.TAKE, found.things(), [clause.said])
    deed = accounted(clause, Act.TAKE, found, LACKING)
    if deed.act is Act.TAKE and any(item.end - item.start <= 1 for item in found.items):
        return only_known(clause, deed, found)
    return replace(deed, things=whole(deed.things))


def bad(clause: Clause) -> Deed:
    """우유 상했어."""
    is_guess = clause.mood == "hearsay" and any(part in clause.said for part in GUESSING)
    if not is_guess and (deed := not_so(clause, DONE | {"state"})):
        return deed
    found = clause.gather(beside_verb(clause))
    found.rest = [mark for mark in found.rest if mark.kind is not Kind.DATE_WORD]  # 기한 지났어
    return accounted(clause, Act.BAD, found, ALWAYS | {"all", "some", "out_of"})


def left(clause: Clause) -> Deed:
    """계란 8개 남았어."""
    if deed := not_so(clause, DONE):
        return deed
    found = clause.gather(beside_verb(clause))
    if not found.items:
        return clause.unsure(None)
    if "zero" in clause.kinds:
        return accounted(clause, Act.TAKE, found, LACKING | {"zero"})  # 계란 0개 남았어
    if not has_part(found.things()):
        return clause.nothing(Because.STILL_THERE)
    return accounted(clause, Act.LEFT, found, ALWAYS | {"still", "last", "out_of"}, WITH_ONLY)
