"""What a Korean clause does. The verb is its last word; its ending says whether it happened."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Final

from bot.understanding.deciding.clause import (
    QUESTIONS,
    Around,
    Clause,
    find,
    fixed,
    has_part,
    in_place,
    known,
    left_over,
    phrase_kinds,
    whole,
)
from bot.understanding.deciding.items import Gathered
from bot.understanding.meaning import CHANGING, Act, Because, Deed
from bot.understanding.reading.marks import Kind, Mark
from fridge.lots import Lot, Place

DONE: Final = frozenset({"report", "nominal", "and", "but"})
ORDERS: Final = frozenset({"order", "bare", "present"})
OPEN: Final = frozenset({"of", "to_come", "while"})
"""A verb in one of these moods goes on with the next word."""
ASIDES: Final = frozenset({"while", "plan"})
"""What stands before such a verb is no thing of the clause: 찌개 끓이면서, 김장하려고."""
ASIDE_ENDINGS: Final = ("려고", "면서", "느라", "느라고", "러")
MOODS: Final = {
    "hearsay": Because.HEARSAY,
    "if": Because.CONDITION,
    "plan": Because.PLAN,
    "must": Because.PLAN,
    "to_come": Because.PLAN,
    "wish": Because.WISH,
    "not": Because.NEGATION,
    "reason": Because.CONDITION,
    "while": Because.CONDITION,
}
ALWAYS: Final = frozenset({"filler", "time", "and", "on_day"})
EATING: Final = ALWAYS | {"person", "all", "some", "nearly", "last", "purpose", "more", "out_of"}
BUYING: Final = ALWAYS | {"person", "from", "more", "some", "all", "giver", "purpose"}
LACKING: Final = ALWAYS | {"all"}
PLAIN_ROLES: Final = frozenset({"", "topic", "subject", "object", "also", "joining", "listing"})
WITH_ONLY: Final = PLAIN_ROLES | {"only"}
BUT: Final = "밖에"
SHOPS: Final = (
    "마트에서",
    "시장에서",
    "가게에서",
    "슈퍼에서",
    "점에서",
    "몰에서",
    "농장에서",
    "마켓에서",
)
SPOONS: Final = frozenset(
    {"스푼", "큰술", "숟갈", "숟가락", "작은술", "티스푼", "컵", "꼬집", "줌"}
)
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
KINDLY: Final = frozenset({"좀", "쫌"})
CARS: Final = "대"
GIVING: Final = ("가", "이", "께서", "님", "네", "은", "는")
"""How somebody who gives is said: 엄마가, 할머니께서."""
SELF: Final = frozenset({"나", "난", "나는", "내가", "제가", "저는", "우리가", "우린"})
DESCRIBING: Final = frozenset({"buy", "come", "have", "left", "put"})
"""Verbs that may describe a thing and change nothing of it: 어제 산, 냉장고에 있던, 남은."""


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
    return len(said) == 1 and verb is not None and _went_bad(verb)


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


def korean_deed(clause: Clause) -> Deed:
    """The deed of a clause that ends with a Korean verb."""
    for rule in (_asked, _excepted, _corrected, _denied, _only_that_much):
        if deed := rule(clause):
            return deed
    if deed := clause.turned_round(without=_claimed(clause)):
        return deed
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
    return _CLAIMS.get(clause.does, ())


_CLAIMS: Final = {
    "left": ("still",),
    "have": ("still",),
    "buy": ("elsewhere",),
    "come": ("elsewhere",),
    "put": ("elsewhere",),
    "given": ("elsewhere",),
}

# What comes before the verb's own rule


def _asked(clause: Clause) -> Deed | None:
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
    if "asked_other" in kinds or clause.does in ("come", "given"):
        return clause.nothing(Because.QUESTION)
    if clause.does == "bad":
        return clause.question("asked_date")
    if clause.does == "eat" and clause.mood == "if":
        return clause.question("asked_date")  # 먹어도 돼?
    if clause.does == "eat" and is_what and clause.mood not in DONE:
        return clause.question(*(() if "asked_date" in kinds else ("asked_first",)))
    is_intended = clause.mood in MOODS or clause.mood in ("present", "state")
    if is_intended and not is_what and clause.does not in ("have", "gone", "left", "buy"):
        return clause.nothing(Because.PLAN)
    return clause.question()


def _shown(clause: Clause) -> Deed:
    """냉장고 보여줘; not 맛집 찾음."""
    if clause.mood in ("report", "nominal", "while", "plan"):
        return clause.unsure(None)
    is_list = "shopping_list" in clause.kinds
    shown = Deed(Act.SHOW_SHOPPING, why=clause.why) if is_list else clause.question()
    return replace(shown, things=known(shown.things))


def _denied(clause: Clause) -> Deed | None:
    """안 먹었어, 안 사도 돼."""
    if clause.does == "gone" and _is_need(clause):  # 필요 없어
        found = clause.gather(_without_verbs(clause.marks))
        return _done(clause, Act.UNSHOP, found, ALWAYS) if found.items else None
    if clause.mood != "not" and "not" not in clause.kinds:
        return None
    if clause.does == "left" and (only := _only_that_much(clause)):
        return only
    if clause.does == "left" and "nearly" in clause.kinds:  # 얼마 안 남았어
        return _done(clause, Act.USE, clause.gather(_others(clause)), LACKING | {"not", "nearly"})
    if clause.does == "buy" and _is_not_to_buy(clause):
        found = clause.gather(_others(clause))
        return _done(clause, Act.UNSHOP, found, ALWAYS | {"not"})
    return clause.nothing(Because.NEGATION)


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


def _only_that_much(clause: Clause) -> Deed | None:
    """하나밖에 없어, 두 개밖에 안 남았어."""
    if clause.does not in ("gone", "left") or clause.mood not in {*DONE, "present", "state"}:
        return None
    if not any(mark.kind is Kind.AMOUNT and mark.said.endswith(BUT) for mark in clause.marks):
        return None
    if clause.does == "left" and "not" not in clause.kinds:
        return None
    found = clause.gather(_others(clause))
    return _done(clause, Act.LEFT, found, ALWAYS | {"not", "still"})


def _corrected(clause: Clause) -> Deed | None:
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
    found = clause.gather(_others(clause))
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


def _excepted(clause: Clause) -> Deed | None:
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


# The rules of each verb


def _others(clause: Clause) -> list[Mark]:
    """The marks beside the verb, without asides and without what describes a thing."""
    begin = 0
    for index, mark in enumerate(clause.marks):
        if mark is clause.verb:
            break
        if _ends_aside(mark) and any(one.kind is Kind.NAME for one in clause.marks[index + 1 :]):
            begin = index + 1
    named = priced = False
    kept: list[Mark] = []
    for mark in clause.marks[begin:]:
        named = named or mark.kind is Kind.NAME
        priced = priced or mark.kind is Kind.PRICE
        if mark is clause.verb or (not named and _describes(mark, clause.does)):
            continue
        if mark.verb is not None and _leads_to(mark, clause.does, priced=priced):
            continue
        kept.append(mark)
    return kept


def _leads_to(mark: Mark, does: str, *, priced: bool) -> bool:
    """Whether a verb only tells how the clause's own came about: 구워 먹었어, 1500원 주고 샀어."""
    verb = mark.verb
    if verb is None or verb.mood not in ("present", "reason", "link", "while"):
        return False
    if verb.does == "given":
        return priced and verb.mood == "link"
    if verb.does == "cook":
        return does in ("eat", "finish")
    return (
        verb.does in ("put", "buy") and does in ("come", "given", "put") and verb.mood == "reason"
    )


def _ends_aside(mark: Mark) -> bool:
    if mark.verb is not None:
        is_cooking = mark.verb.does == "cook" and mark.verb.mood in ASIDES
        return is_cooking and mark.said.endswith((*ASIDE_ENDINGS, "다가"))
    return mark.kind is Kind.SENTENCE_WORD and mark.said.endswith(ASIDE_ENDINGS)


def _describes(mark: Mark, does: str) -> bool:
    verb = mark.verb
    if verb is None or verb.mood != "of" or verb.does not in DESCRIBING:
        return False
    return not (does == "discard" and verb.does == "put")  # 방금 넣은 우유 빼줘: only that one


def _without_verbs(marks: Sequence[Mark]) -> list[Mark]:
    return [mark for mark in marks if mark.verb is None]


def _wrong_roles(found: Gathered, roles: frozenset[str], *, priced: bool = False) -> bool:
    """Whether a particle says something else of a name or an amount. 한 판에 7천원 is plain."""
    return any(item.role not in roles for item in found.items) or any(
        mark.role and mark.role not in roles
        for item in found.items
        for mark in item.amounts
        if not mark.said.endswith(BUT) and not (priced and mark.role == "place")
    )


def _done(
    clause: Clause,
    act: Act,
    found: Gathered,
    allowed: frozenset[str],
    roles: frozenset[str] = PLAIN_ROLES,
) -> Deed:
    """The deed, if all is accounted for."""
    rest = left_over(found.rest, allowed)
    priced = any(mark.kind is Kind.PRICE for mark in clause.marks)
    if _wrong_roles(found, roles, priced=priced):
        words = [item.name.typed for item in found.items]
        return clause.unsure(act, found.things(), words)
    if not found.items:
        return replace(
            clause.unsure(act, (), [mark.said for mark in rest]),
            guess=None if rest else act,
            fix=found.fix(),
        )
    return clause.sure(act, found, rest)


def _not_so(clause: Clause, moods: frozenset[str]) -> Deed | None:
    """Nothing, unless the mood is one of these."""
    if clause.mood in moods:
        return None
    because = MOODS.get(clause.mood)
    if because is not None:
        return clause.nothing(because)
    has_come = clause.mood == "of" and clause.does in ("buy", "come", "given")  # 시댁에서 가져온
    act = Act.PUT if has_come else None
    return clause.unsure(act, known(clause.gather(_others(clause)).things()))


def _is_at_shop(mark: Mark) -> bool:
    """새벽시장에서, 대형마트에서: where something is bought."""
    return mark.kind is Kind.WORD and mark.said.endswith(SHOPS)


def _buy(clause: Clause) -> Deed:
    """우유 샀어, 우유 사야 해."""
    said = clause.said
    found = clause.gather(_others(clause), spread=True)
    is_let_us = clause.mood == "plan" and said.endswith("자")
    is_noted = "shopping_list" in clause.kinds and clause.mood in ("to_come", "bare", "of", "order")
    if clause.mood in ("must", "present", "order") or is_let_us or is_noted:
        rest = [mark for mark in found.rest if not _lacks(mark)]
        found = replace(found, rest=rest)
        return _done(clause, Act.SHOP, found, BUYING | {"shopping_list"}, WITH_ONLY)
    if deed := _not_so(clause, DONE | {"bare"}):
        return deed
    if "all" in clause.kinds and not found.items and not left_over(found.rest, BUYING):
        return Deed(Act.SHOPPED, why=clause.why)
    rest = [mark for mark in found.rest if not _is_at_shop(mark)]
    rest += [mark for mark in clause.marks if _is_furniture(mark)]
    return _done(clause, Act.PUT, replace(found, rest=rest), BUYING, WITH_ONLY)


def _is_furniture(mark: Mark) -> bool:
    """김치 냉장고 샀어: a thing, and no place."""
    return bool(mark.phrase and "place" in mark.phrase) and not mark.role


def _lacks(mark: Mark) -> bool:
    """없어서 of 우유 없어서 사야 해."""
    return mark.verb is not None and mark.verb.does == "gone" and mark.verb.mood == "reason"


def _put(clause: Clause) -> Deed:
    """우유 넣었어, 우유 추가."""
    if deed := _not_so(clause, DONE | ORDERS):
        return deed
    found = clause.gather(_others(clause), spread=True)
    into = [item for item in found.items if item.role == "place"]
    if into and len(into) < len(found.items):  # 찌개에 두부 넣었어
        used = [item.as_thing() for item in found.items if item not in into]
        guess = None if clause.mood in ORDERS else Act.TAKE
        return clause.unsure(guess, known(used), [item.name.typed for item in into])
    if _is_cooking(clause, found):
        guess = None if clause.mood in ORDERS else Act.TAKE
        return clause.unsure(guess, known(found.things()), [clause.said])
    if "shopping_list" in clause.kinds:
        return _done(clause, Act.SHOP, found, BUYING | {"shopping_list", "fridge_list"})
    rest = [mark for mark in found.rest if not _is_at_shop(mark)]
    found = replace(found, rest=rest)
    deed = _done(clause, Act.PUT, found, BUYING | {"fridge_list"}, WITH_ONLY)
    return replace(deed, is_order=clause.mood in ORDERS)


def _is_cooking(clause: Clause, found: Gathered) -> bool:
    """소금 좀 더 넣어, 설탕 한 스푼 넣었어: into a dish."""
    if not clause.said.startswith("넣"):
        return False
    spoons = any(mark.size_word in SPOONS for item in found.items for mark in item.amounts)
    return spoons or clause.mood == "present" or "some" in clause.kinds


def _come(clause: Clause) -> Deed:
    """우유 배달 왔어: only of food that is known."""
    if deed := _not_so(clause, DONE | {"bare"}):
        return deed
    is_received = clause.said.startswith(("받", "얻"))
    if _is_given_away(clause) and not is_received:
        return clause.unsure(Act.TAKE, known(clause.gather(_others(clause)).things()))
    if clause.said.endswith("중"):
        return clause.nothing(Because.PLAN)
    is_sent = clause.said.startswith(("보내", "보냈", "보낸", "보냄"))
    if is_sent and not ("셨" in clause.said or clause.kinds & {"person", "giver", "from"}):
        return clause.unsure(None, known(clause.gather(_others(clause)).things()))  # by whom?
    others = [mark for mark in _others(clause) if mark.verb is None or mark.verb.mood != "bare"]
    found = clause.gather(others, spread=True)
    rest = [mark for mark in found.rest if not _is_at_shop(mark)]
    if is_received:  # 엄마한테 받았어
        rest = [mark for mark in rest if mark.role not in ("receiver", "giver")]
    deed = _done(clause, Act.PUT, replace(found, rest=rest), BUYING)
    return _only_known(clause, deed, found)


def _only_known(clause: Clause, deed: Deed, found: Gathered) -> Deed:
    """Unsure if a name is not known, or is a word of one syllable that means much else: 눈 왔어."""
    doubtful = any(
        not item.is_known or (item.is_korean and item.end - item.start <= 1 and not item.amounts)
        for item in found.items
    )
    if not doubtful or deed.act is Act.UNSURE:
        return deed
    things = [thing for thing in known(deed.things) if len(thing.name.typed) > 1]
    return clause.unsure(deed.act, things)


def _given(clause: Clause) -> Deed:
    """엄마가 김치 주셨어; not 옆집에 김치 줬어."""
    if deed := _not_so(clause, DONE):
        return deed
    found = clause.gather(_others(clause))
    if _is_given_away(clause) or "elsewhere" in clause.kinds:
        return clause.unsure(Act.TAKE, known(found.things()))
    persons = [mark.said for mark in clause.marks if mark.phrase and "person" in mark.phrase]
    has_giver = bool(clause.kinds & {"giver", "from"}) or (
        len(persons) == 1 and persons[0].endswith(GIVING)
    )
    if not has_giver or set(persons) & SELF:
        return clause.unsure(None, known(found.things()))
    return _only_known(clause, _done(clause, Act.PUT, found, BUYING), found)


def _is_given_away(clause: Clause) -> bool:
    """동생한테 줬어, 할머니께 드렸어."""
    is_humble = clause.said.startswith("드") or "드렸" in clause.said or "드린" in clause.said
    return is_humble or any(mark.role == "receiver" for mark in clause.marks)


def _have(clause: Clause) -> Deed:
    """우유 있음."""
    said = clause.said
    if said.startswith("있었"):
        return clause.nothing(Because.STILL_THERE)
    found = clause.gather(_others(clause), spread=True)
    if clause.mood == "present" and not has_part(found.things()) and not found.place:
        return clause.question()
    if clause.kinds & {"still", "some", "all", "nearly"} or clause.mood == "but":
        return clause.nothing(Because.STILL_THERE)
    if deed := _not_so(clause, frozenset({"present", "state", "nominal", "bare"})):
        return deed
    if "shopping_list" in clause.kinds:
        return _done(clause, Act.SHOP, found, ALWAYS | {"shopping_list"})
    return replace(_done(clause, Act.PUT, found, ALWAYS | {"more"}), is_state=True)


def _eat(clause: Clause) -> Deed:
    """우유 마셨어, 계란 2개 먹었어."""
    if deed := _not_so(clause, DONE):
        return deed
    return _taken(clause, Act.USE)


def _finish(clause: Clause) -> Deed:
    """다 해치웠어, 냉장고 비워줘."""
    if deed := _not_so(clause, DONE | ORDERS):
        return deed
    found = clause.gather(_others(clause))
    if not found.items and found.has_place:
        rest = left_over(found.rest, ALWAYS | {"all", "everything"})
        if rest:
            return clause.unsure(None, (), [mark.said for mark in rest])
        is_order = clause.mood in ORDERS
        return Deed(Act.TAKE, everything=True, is_order=is_order, place=found.place, why=clause.why)
    return _taken(clause, Act.TAKE)


def _taken(clause: Clause, otherwise: Act) -> Deed:
    """All, an amount, a part, or perhaps not all of the things."""
    found = clause.gather(_others(clause))
    kinds = clause.kinds
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
    return _done(clause, act, found, EATING, WITH_ONLY)


def _has_share(found: Gathered) -> bool:
    return any(item.share is not None for item in found.items)


def _discard(clause: Clause) -> Deed:
    """우유 버렸어, 우유 빼줘."""
    if deed := _not_so(clause, DONE | ORDERS):
        return deed
    found = clause.gather([mark for mark in _others(clause) if not _went_bad(mark)])
    is_order = clause.mood in ORDERS
    allowed = ALWAYS | {"all", "last", "fridge_list", "person", "why", "out_of"}
    if "shopping_list" in clause.kinds:
        return _done(clause, Act.UNSHOP, found, allowed | {"shopping_list", "some"})
    if not found.items and clause.kinds & {"all", "everything"}:
        rest = left_over(found.rest, allowed | {"everything"})
        if rest or not is_order:
            return clause.unsure(None, (), [mark.said for mark in rest])
        return Deed(Act.TAKE, everything=True, is_order=True, place=found.place, why=clause.why)
    some = [mark.said for mark in clause.marks if mark.phrase and "some" in mark.phrase]
    if some and not (is_order and set(some) <= KINDLY):
        return _done(clause, Act.USE, found, allowed | {"some"})
    if any(item.share_role not in {"", "object"} for item in found.items):
        return clause.unsure(Act.TAKE, found.things(), ["반"])
    deed = _done(clause, Act.TAKE, found, allowed | {"some"}, WITH_ONLY)
    return replace(deed, is_order=is_order)


def _went_bad(mark: Mark) -> bool:
    """상해서, 상한: why it is thrown away."""
    verb = mark.verb
    return verb is not None and verb.does == "bad" and verb.mood in ("reason", "of", "link")


def _out(clause: Clause) -> Deed:
    """고기 꺼내놨어: to thaw, or to use."""
    if deed := _not_so(clause, DONE | ORDERS):
        return deed
    return clause.unsure(Act.TAKE, known(clause.gather(_others(clause)).things()))


def _gone(clause: Clause) -> Deed:
    """우유 없어, 우유 떨어졌어. The whole clause has to be that report."""
    moods = DONE | {"present", "state"}
    if deed := _not_so(clause, moods):
        return deed
    found = clause.gather(_others(clause))
    if clause.kinds & {"nearly", "some"}:
        return _done(clause, Act.USE, found, LACKING | {"nearly", "some"})
    if clause.said.startswith("없었") or has_part(found.things()):
        return clause.unsure(Act.TAKE, found.things(), [clause.said])
    deed = _done(clause, Act.TAKE, found, LACKING)
    if deed.act is Act.TAKE and any(item.end - item.start <= 1 for item in found.items):
        return _only_known(clause, deed, found)
    return replace(deed, things=whole(deed.things))


def _bad(clause: Clause) -> Deed:
    """우유 상했어."""
    if deed := _not_so(clause, DONE | {"state"}):
        return deed
    found = clause.gather(_others(clause))
    found.rest = [mark for mark in found.rest if mark.kind is not Kind.DATE_WORD]  # 기한 지났어
    return _done(clause, Act.BAD, found, ALWAYS | {"all", "some", "out_of"})


def _left(clause: Clause) -> Deed:
    """계란 8개 남았어."""
    if deed := _not_so(clause, DONE):
        return deed
    found = clause.gather(_others(clause))
    if not found.items:
        return clause.unsure(None)
    if not has_part(found.things()):
        return clause.nothing(Because.STILL_THERE)
    return _done(clause, Act.LEFT, found, ALWAYS | {"still", "last", "out_of"}, WITH_ONLY)


def _moved(clause: Clause, place: Place | None) -> Deed:
    if deed := _not_so(clause, DONE if place else DONE | ORDERS):
        return deed
    found = clause.gather(_others(clause), spread=place is None)
    place = place or found.destination()
    if place is None:
        return clause.unsure(None, known(found.things()))
    if has_part(found.things()) and clause.does == "thaw":  # melted butter
        return clause.unsure(Act.MOVE, known(found.things()), [clause.said])
    deed = _done(clause, Act.MOVE, found, ALWAYS | {"all", "person", "last"}, WITH_ONLY)
    several = {item.place for item in found.items if item.place}
    things = deed.things if len(several) > 1 else in_place(deed.things, place)
    return replace(deed, things=things, place=place)


def _freeze(clause: Clause) -> Deed:
    """만두 얼렸어."""
    return _moved(clause, Place.FREEZER)


def _thaw(clause: Clause) -> Deed:
    """고기 녹였어."""
    return _moved(clause, Place.FRIDGE)


def _move(clause: Clause) -> Deed:
    """만두 냉동실로 옮겼어."""
    return _moved(clause, None)


def _keep(clause: Clause) -> Deed:
    """냉동실에 보관 중."""
    found = clause.gather(_others(clause), spread=True)
    if clause.mood not in {*DONE, "bare", "state"} or found.place is None:
        return clause.unsure(None, known(found.things()))
    return replace(_done(clause, Act.PUT, found, ALWAYS), is_state=True)


def _need(clause: Clause) -> Deed:
    """두부 필요해."""
    if deed := _not_so(clause, frozenset({"present", "state", "nominal", "bare", "order"})):
        return deed
    return _done(clause, Act.SHOP, clause.gather(_others(clause)), ALWAYS | {"more", "some"})


def _swap(clause: Clause) -> Deed:
    """우유를 두유로 바꿔줘, 계란 10개로 수정."""
    if deed := _not_so(clause, DONE | ORDERS):
        return deed
    found = clause.gather(_others(clause))
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


def _shopped(clause: Clause) -> Deed:
    """장 봤어."""
    if deed := _not_so(clause, DONE):
        return deed
    found = clause.gather(_others(clause))
    if found.items:
        return _done(clause, Act.PUT, found, BUYING)
    rest = left_over(found.rest, BUYING)
    return clause.unsure(None) if rest else Deed(Act.SHOPPED, why=clause.why)


def _undo(clause: Clause) -> Deed:
    """방금 거 취소해줘."""
    found = clause.gather(_others(clause))
    rest = left_over(found.rest, ALWAYS | {"undo"})
    if found.items or rest or clause.mood not in {*ORDERS, *DONE}:
        return clause.unsure(None, known(found.things()))
    return Deed(Act.UNDO, why=clause.why)


_RULES: Final[Mapping[str, Callable[[Clause], Deed]]] = {
    "buy": _buy,
    "put": _put,
    "come": _come,
    "given": _given,
    "have": _have,
    "eat": _eat,
    "finish": _finish,
    "discard": _discard,
    "out": _out,
    "gone": _gone,
    "bad": _bad,
    "left": _left,
    "need": _need,
    "freeze": _freeze,
    "thaw": _thaw,
    "move": _move,
    "keep": _keep,
    "swap": _swap,
    "shopped": _shopped,
    "undo": _undo,
}
