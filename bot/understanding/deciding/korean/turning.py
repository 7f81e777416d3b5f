"""What makes another deed of a Korean clause than its verb: questions, denials, exceptions."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from bot.understanding.deciding.clause import (
    QUESTIONS,
    WHERE,
    Clause,
    find,
    has_part,
    known,
    left_over,
    phrase_kinds,
)
from bot.understanding.deciding.korean.moods import DONE, MOODS, ORDERS
from bot.understanding.deciding.korean.parts import (
    ALWAYS,
    BUT,
    BUYING,
    LACKING,
    accounted,
    beside_verb,
)
from bot.understanding.meaning import Act, Asked, Because, Deed
from bot.understanding.reading.marks import Kind, Mark

NOT_TO_BUY: Final = (
    "지마",
    "지마요",
    "지마라",
    "지마세요",
    "지말자",
    "지말아",
    "지말아줘",
    "지마셈",
)


WHEREABOUTS: Final = frozenset({"have", "put", "keep"})


def asked(clause: Clause) -> Deed | None:
    """우유 있어?"""
    if clause.mood == "order" or clause.does == "undo":
        return None
    kinds = clause.kinds
    if clause.does == "show" and clause.mood not in ("not", "hearsay", "if"):
        return _shown(clause)
    is_how_many = any(mark.said.startswith("몇") for mark in clause.marks)
    if is_how_many and clause.does in ("left", "have") and clause.mood in DONE:
        return clause.question("asked_amount")
    is_what = bool(kinds & QUESTIONS)
    if not (clause.around.is_question or clause.mood == "ask" or is_what):
        return None
    return _asked(clause, is_what=is_what)


def _asked(clause: Clause, *, is_what: bool) -> Deed:
    """What a clause asks that is a question; `is_what`: with a word such as "what" or "when"."""
    kinds = clause.kinds
    if clause.does in WHEREABOUTS and _is_where(clause):
        return clause.question()  # 김치 어디 뒀지?
    if "asked_other" in kinds or clause.does in ("come", "given"):
        return clause.nothing(Because.QUESTION)
    if clause.does == "bad":
        return clause.question("asked_date")
    if clause.does == "eat" and (deed := _asked_of_eating(clause, is_what=is_what)):
        return deed
    if not is_what and _asks_if_gone(clause):
        return replace(clause.question(), asked=Asked.IS_GONE)
    if clause.does == "buy" and "asked_list" in kinds and clause.mood in ("must", "plan", "ask"):
        return Deed(Act.SHOW_SHOPPING, why=clause.why)  # 뭐 사야 하지?
    is_intended = clause.mood in MOODS or clause.mood in ("present", "state")
    if is_intended and not is_what and clause.does not in ("have", "gone", "left", "buy"):
        return clause.nothing(Because.PLAN)
    return clause.question()


def _asked_of_eating(clause: Clause, *, is_what: bool) -> Deed | None:
    """먹어도 돼?, 뭐 먹을까?"""
    if clause.mood == "if":
        return clause.question("asked_date")
    if is_what and clause.mood not in DONE:
        return clause.question(*(() if "asked_date" in clause.kinds else ("asked_first",)))
    return None


def _is_where(clause: Clause) -> bool:
    where = [mark for mark in clause.marks if mark.said.startswith(WHERE)]
    return bool(where) and bool(known(clause.gather(clause.marks).things()))


def _asks_if_gone(clause: Clause) -> bool:
    """두부 없지?, 우유 떨어졌나?, 우유 다 마셨어?"""
    if not known(clause.gather(clause.marks).things()) or "not" in clause.kinds:
        return False
    if clause.does == "gone":
        return not clause.said.startswith("없었")
    is_all = clause.does == "discard" or (
        clause.does in ("eat", "finish") and "all" in clause.kinds
    )
    return is_all and clause.mood in {*DONE, "ask"}


def _shown(clause: Clause) -> Deed:
    """냉장고 보여줘; not 맛집 찾음."""
    if clause.mood in ("report", "nominal", "while", "plan"):
        return clause.unsure(None)
    is_list = "shopping_list" in clause.kinds
    shown = Deed(Act.SHOW_SHOPPING, why=clause.why) if is_list else clause.question()
    is_order = not clause.kinds & QUESTIONS
    return replace(shown, things=known(shown.things), is_order=is_order)


def denied(clause: Clause) -> Deed | None:
    """안 먹었어, 안 사도 돼."""
    if clause.does == "gone" and _is_need(clause):  # 필요 없어
        found = clause.gather(_without_verbs(clause.marks))
        return accounted(clause, Act.UNSHOP, found, ALWAYS) if found.items else None
    if clause.does == "gone" and clause.mood in ("present", "state", *DONE):
        return _none_left(clause) if _says_not_even_one(clause) else None
    if clause.mood != "not" and "not" not in clause.kinds:
        return None
    if clause.does == "left" and (only := only_that_much(clause)):
        return only
    if clause.does == "left" and (none := _none_left(clause)):
        return none
    if clause.does == "left" and "nearly" in clause.kinds:  # 얼마 안 남았어
        return accounted(
            clause, Act.USE, clause.gather(beside_verb(clause)), LACKING | {"not", "nearly"}
        )
    if clause.does == "buy" and _is_not_to_buy(clause):
        found = clause.gather(beside_verb(clause))
        return accounted(clause, Act.UNSHOP, found, ALWAYS | {"not"})
    return clause.nothing(Because.NEGATION)


def _none_left(clause: Clause) -> Deed | None:
    """한 장도 안 남았어, 하나도 남지 않았어."""
    found = clause.gather(beside_verb(clause))
    amounts = [mark for item in found.items for mark in item.amounts]
    is_none = any(map(_is_not_even_one, amounts)) or "all" in clause.kinds
    if not is_none or not found.items:
        return None
    for item in found.items:
        item.amounts = [mark for mark in item.amounts if not _is_not_even_one(mark)]
    return accounted(clause, Act.TAKE, found, LACKING | {"not", "zero"})


def _says_not_even_one(clause: Clause) -> bool:
    return any(map(_is_not_even_one, clause.marks)) and not clause.said.startswith("없었")


def _is_not_even_one(mark: Mark) -> bool:
    return mark.role == "also" and mark.amount is not None and mark.amount.number <= 1


def _is_not_to_buy(clause: Clause) -> bool:
    """안 사도 돼, 사지 마; not 안 샀어, 사지 않았어."""
    said = clause.said
    is_past = any(part in said for part in ("았", "었", "샀", "못"))
    if clause.mood == "not":
        return said.endswith(NOT_TO_BUY) and "not" not in clause.kinds
    at = next(index for index, mark in enumerate(clause.marks) if mark is clause.verb)
    before = clause.marks[at - 1] if at else None
    is_before = before is not None and before.said == "안"
    return clause.mood == "if" and not is_past and is_before


def _is_need(clause: Clause) -> bool:
    return any(mark.verb is not None and mark.verb.does == "need" for mark in clause.marks)


def only_that_much(clause: Clause) -> Deed | None:
    """하나밖에 없어, 두 개밖에 안 남았어."""
    if clause.does not in ("gone", "left") or clause.mood not in {*DONE, "present", "state"}:
        return None
    if not any(mark.kind is Kind.AMOUNT and mark.said.endswith(BUT) for mark in clause.marks):
        return None
    if clause.does == "left" and "not" not in clause.kinds:
        return None
    found = clause.gather(beside_verb(clause))
    return accounted(clause, Act.LEFT, found, ALWAYS | {"not", "still"})


def corrected(clause: Clause) -> Deed | None:
    """아니 두유 샀어, 우유 말고 두유 샀어."""
    if clause.does not in ("buy", "put", "swap") or clause.mood not in {*DONE, *ORDERS}:
        return None
    at = find(clause.marks, "instead")
    if at >= 0:
        marks = clause.marks
        old = clause.gather(marks[:at])
        new = clause.gather([mark for mark in marks[at + 1 :] if mark is not clause.verb])
        rest = left_over([*old.rest, *new.rest], BUYING | {"no"})
        if not old.items or not new.items or rest:
            return clause.unsure(Act.CORRECT, new.things(), [mark.said for mark in rest])
        return Deed(Act.CORRECT, new.things(), instead_of=old.things(), why=clause.why)
    if clause.does == "swap" or "no" not in clause.kinds or clause.mood not in DONE:
        return None
    found = clause.gather(beside_verb(clause))
    rest = left_over(found.rest, BUYING | {"no"})
    if rest or not _begins_with_no(clause.marks):
        return clause.unsure(Act.CORRECT, found.things(), [mark.said for mark in rest])
    fix = None if found.items else found.fix()
    return Deed(Act.CORRECT, found.things(), fix=fix, why=clause.why)


def _begins_with_no(marks: Sequence[Mark]) -> bool:
    for mark in marks:
        phrase = mark.phrase or {}
        if "no" in phrase:
            return True
        if "filler" not in phrase and mark.kind is not Kind.COMMA:
            return False
    return False


def excepted(clause: Clause) -> Deed | None:
    """우유만 빼고 다 먹었어. The bot asks before it does this."""
    at = find(clause.marks, "except")
    if at < 0:
        return None
    if clause.does not in ("eat", "finish", "gone", "discard") or clause.mood not in {
        *DONE,
        *ORDERS,
    }:
        return clause.unsure(None, known(clause.gather(clause.marks).things()))
    marks = clause.marks
    kept = clause.gather(marks[:at])
    if marks[at].said.startswith("남") and has_part(kept.things()):
        return _all_but(clause, at)
    after = [mark for mark in marks[at + 1 :] if mark is not clause.verb]
    rest = clause.gather(after)
    is_all = bool(phrase_kinds(after) & {"all", "everything"})
    words = left_over([*kept.rest, *rest.rest], ALWAYS | {"all", "everything", "person"})
    has_amount = has_part(kept.things())
    if not is_all or rest.items or not kept.items or words or has_amount:
        return clause.unsure(None, known(kept.things()), [mark.said for mark in words])
    things = kept.things()
    return Deed(Act.TAKE, things, everything=True, place=rest.place, why=clause.why)


def _all_but(clause: Clause, at: int) -> Deed:
    """계란 두 개만 남기고 다 먹었어."""
    kept = clause.gather(clause.marks[:at])
    after = [mark for mark in clause.marks[at + 1 :] if mark is not clause.verb]
    rest = left_over([*kept.rest, *after], ALWAYS | {"all", "everything", "person"})
    is_all = bool(phrase_kinds(after) & {"all", "everything"})
    if rest or not is_all or len(kept.items) != 1:
        return clause.unsure(None, known(kept.things()), [mark.said for mark in rest])
    return clause.sure(Act.LEFT, kept, ())


def _without_verbs(marks: Sequence[Mark]) -> list[Mark]:
    return [mark for mark in marks if mark.verb is None]
