"""The rules of Korean verbs by which things come: 샀어, 넣어줘, 주셨어, 있음, 필요해."""

from dataclasses import replace
from typing import Final

from bot.understanding.deciding.clause import Clause, has_part, known, left_over
from bot.understanding.deciding.items.item import Gathered
from bot.understanding.deciding.korean.moods import DONE, ORDERS
from bot.understanding.deciding.korean.parts import (
    ALWAYS,
    BUYING,
    EATING,
    WITH_ONLY,
    accounted,
    beside_verb,
    is_at_shop,
    not_so,
    only_known,
)
from bot.understanding.meaning import Act, Because, Deed
from bot.understanding.reading.marks import Mark

SPOONS: Final = frozenset(
    {"스푼", "큰술", "숟갈", "숟가락", "작은술", "티스푼", "컵", "꼬집", "줌"}
)
GIVING: Final = ("가", "이", "께서", "님", "네", "은", "는")
"""How somebody who gives is said: 엄마가, 할머니께서."""
SELF: Final = frozenset({"나", "난", "나는", "내가", "제가", "저는", "우리가", "우린"})


def buy(clause: Clause) -> Deed:
    """우유 샀어, 우유 사야 해."""
    said = clause.said
    found = clause.gather(beside_verb(clause), spread=True)
    is_let_us = clause.mood == "plan" and said.endswith("자")
    is_noted = "shopping_list" in clause.kinds and clause.mood in ("to_come", "bare", "of", "order")
    if clause.mood in ("must", "present", "order") or is_let_us or is_noted:
        rest = [mark for mark in found.rest if not _lacks(mark)]
        found = replace(found, rest=rest)
        return accounted(clause, Act.SHOP, found, BUYING | {"shopping_list"}, WITH_ONLY)
    if deed := not_so(clause, DONE | {"bare"}):
        return deed
    if "all" in clause.kinds and not found.items and not left_over(found.rest, BUYING):
        return Deed(Act.SHOPPED, why=clause.why)
    rest = [mark for mark in found.rest if not is_at_shop(mark)]
    rest += [mark for mark in clause.marks if _is_furniture(mark)]
    return accounted(clause, Act.PUT, replace(found, rest=rest), BUYING, WITH_ONLY)


def _is_furniture(mark: Mark) -> bool:
    """김치 냉장고 샀어: a thing, and no place."""
    return bool(mark.phrase and "place" in mark.phrase) and not mark.role


def _lacks(mark: Mark) -> bool:
    """없어서 of 우유 없어서 사야 해."""
    return mark.verb is not None and mark.verb.does == "gone" and mark.verb.mood == "reason"


def put(clause: Clause) -> Deed:
    """우유 넣었어, 우유 추가."""
    if deed := not_so(clause, DONE | ORDERS):
        return deed
    found = clause.gather(beside_verb(clause), spread=True)
    into = [item for item in found.items if item.role == "place"]
    if into and len(into) < len(found.items):  # 찌개에 두부 넣었어
        used = [item.as_thing() for item in found.items if item not in into]
        guess = None if clause.mood in ORDERS else Act.TAKE
        return clause.unsure(guess, known(used), [item.name.typed for item in into])
    if _is_cooking(clause, found):
        guess = None if clause.mood in ORDERS else Act.TAKE
        return clause.unsure(guess, known(found.things()), [clause.said])
    if "shopping_list" in clause.kinds:
        return accounted(clause, Act.SHOP, found, BUYING | {"shopping_list", "fridge_list"})
    rest = [mark for mark in found.rest if not is_at_shop(mark)]
    found = replace(found, rest=rest)
    deed = accounted(clause, Act.PUT, found, BUYING | {"fridge_list"}, WITH_ONLY)
    return replace(deed, is_order=clause.mood in ORDERS)


def _is_cooking(clause: Clause, found: Gathered) -> bool:
    """소금 좀 더 넣어, 설탕 한 스푼 넣었어: into a dish."""
    if not clause.said.startswith("넣"):
        return False
    if any(
        mark.phrase and "purpose" in mark.phrase and mark.said.endswith("에")
        for mark in clause.marks
    ):
        return True  # 찌개에 두부 넣었어
    spoons = any(mark.size_word in SPOONS for item in found.items for mark in item.amounts)
    return spoons or clause.mood == "present" or "some" in clause.kinds


def come(clause: Clause) -> Deed:
    """우유 배달 왔어: only of food that is known."""
    if deed := not_so(clause, DONE | {"bare"}):
        return deed
    is_received = clause.said.startswith(("받", "얻"))
    if _is_given_away(clause) and not is_received:
        return clause.unsure(Act.TAKE, known(clause.gather(beside_verb(clause)).things()))
    if clause.said.endswith("중"):
        return clause.nothing(Because.PLAN)
    is_sent = clause.said.startswith(("보내", "보냈", "보낸", "보냄"))
    if is_sent and not ("셨" in clause.said or clause.kinds & {"person", "giver", "from"}):
        return clause.unsure(None, known(clause.gather(beside_verb(clause)).things()))  # by whom?
    others = [mark for mark in beside_verb(clause) if mark.verb is None or mark.verb.mood != "bare"]
    found = clause.gather(others, spread=True)
    rest = [mark for mark in found.rest if not is_at_shop(mark)]
    if is_received:  # 엄마한테 받았어
        rest = [mark for mark in rest if mark.role not in ("receiver", "giver")]
    deed = accounted(clause, Act.PUT, replace(found, rest=rest), BUYING)
    return only_known(clause, deed, found)


def given(clause: Clause) -> Deed:
    """엄마가 김치 주셨어; not 옆집에 김치 줬어."""
    if deed := not_so(clause, DONE):
        return deed
    found = clause.gather(beside_verb(clause))
    if _is_given_away(clause) or "elsewhere" in clause.kinds:
        return clause.unsure(Act.TAKE, known(found.things()))
    persons = [mark.said for mark in clause.marks if mark.phrase and "person" in mark.phrase]
    has_giver = bool(clause.kinds & {"giver", "from"}) or (
        len(persons) == 1 and persons[0].endswith(GIVING)
    )
    if not has_giver or set(persons) & SELF:
        return clause.unsure(None, known(found.things()))
    return only_known(clause, accounted(clause, Act.PUT, found, BUYING), found)


def _is_given_away(clause: Clause) -> bool:
    """동생한테 줬어, 할머니께 드렸어."""
    is_humble = clause.said.startswith("드") or "드렸" in clause.said or "드린" in clause.said
    return is_humble or any(mark.role == "receiver" for mark in clause.marks)


def have(clause: Clause) -> Deed:
    """우유 있음."""
    said = clause.said
    if said.startswith("있었"):
        return clause.nothing(Because.STILL_THERE)
    found = clause.gather(beside_verb(clause), spread=True)
    if "zero" in clause.kinds:
        return accounted(clause, Act.TAKE, found, ALWAYS | {"zero"})  # 양파 0개 있음
    if clause.kinds & {"still", "some", "all", "nearly"} or clause.mood == "but":
        return clause.nothing(Because.STILL_THERE)
    if clause.mood == "present" and not has_part(found.things()) and not found.place:
        return clause.question()
    if deed := not_so(clause, frozenset({"present", "state", "nominal", "bare"})):
        return deed
    if "shopping_list" in clause.kinds:
        return accounted(clause, Act.SHOP, found, ALWAYS | {"shopping_list"})
    return replace(accounted(clause, Act.PUT, found, ALWAYS | {"more"}), is_state=True)


def keep(clause: Clause) -> Deed:
    """냉동실에 보관 중."""
    found = clause.gather(beside_verb(clause), spread=True)
    if clause.mood not in {*DONE, "bare", "state"} or found.place is None:
        return clause.unsure(None, known(found.things()))
    return replace(accounted(clause, Act.PUT, found, ALWAYS), is_state=True)


def need(clause: Clause) -> Deed:
    """두부 필요해."""
    if deed := not_so(clause, frozenset({"present", "state", "nominal", "bare", "order"})):
        return deed
    found = clause.gather(beside_verb(clause))
    return accounted(clause, Act.SHOP, found, ALWAYS | {"more", "some"})


def forget(clause: Clause) -> Deed:
    """우유 사는 거 깜빡했네: a slip, as good as a wish; but 귤 2개 까먹었어 is eaten."""
    found = clause.gather(beside_verb(clause))
    if clause.said.startswith("까먹") and clause.mood in DONE and has_part(found.things()):
        return accounted(clause, Act.TAKE, found, EATING, WITH_ONLY)
    return clause.nothing(Because.WISH)


def shopped(clause: Clause) -> Deed:
    """장 봤어."""
    if deed := not_so(clause, DONE):
        return deed
    found = clause.gather(beside_verb(clause))
    if found.items:
        return accounted(clause, Act.PUT, found, BUYING)
    rest = left_over(found.rest, BUYING)
    return clause.unsure(None) if rest else Deed(Act.SHOPPED, why=clause.why)
