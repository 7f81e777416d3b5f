"""What makes another deed of an English clause than its verb: questions, denials, exceptions."""

from dataclasses import replace
from typing import Final

from bot.understanding.deciding.clause import (
    QUESTIONS,
    find,
    has_part,
    known,
    left_over,
    phrase_kinds,
    says_still_good,
)
from bot.understanding.deciding.english.parts import (
    ALWAYS,
    EATING,
    LACKING,
    LEADING,
    EnglishClause,
    is_but,
    says,
)
from bot.understanding.deciding.items.item import Gathered
from bot.understanding.meaning import Act, Asked, Because, Deed
from bot.understanding.reading.marks import Kind

ASKED_OF_US: Final = frozenset({"can we"})
NONE_OF: Final = frozenset(
    {"none of", "none of the", "none", "not one", "not one of the", "not a single", "0", "zero"}
)
NOTHING_SAID: Final = frozenset({"filler", "time", "be", "of", "home"})
STILL_GOOD: Final = frozenset({"filler", "time", "be", "asked_date", "still"})
BUT: Final = frozenset({"but", "though", "however"})
NOT_TO_BUY: Final = frozenset({"don't", "dont", "do not", "no need to"})


def begin_of_not(english: EnglishClause) -> int:
    """Where ", not the cream" begins, which says nothing of what was done; 0 if nowhere."""
    marks = english.clause.marks
    at = find(marks, "not")
    if at < 2 or english.mood != "report" or marks[at].said.lower() != "not":  # noqa: PLR2004
        return 0
    if marks[at - 1].kind is not Kind.COMMA and marks[at - 1].said.lower() != "but":
        return 0
    done, denied = english.clause.gather(marks[: at - 1]), english.clause.gather(marks[at + 1 :])
    keys = {item.name.key for item in done.items}
    is_other = all(item.is_known and item.name.key not in keys for item in denied.items)
    is_all = bool(done.items and denied.items) and not left_over(denied.rest, ALWAYS)
    return at - 1 if is_other and is_all and not has_part(denied.things()) else 0


def asked(english: EnglishClause) -> Deed | None:
    """Do we have milk?"""
    clause = english.clause
    is_order = english.mood == "order" or clause.does == "need" or _is_put_politely(english)
    if "polite" in english.leading and is_order:
        return None
    if clause.does == "show":
        if english.leading - {"polite", "filler", "pronoun"}:
            return clause.unsure(None)
        is_list = "shopping_list" in clause.kinds
        shown = Deed(Act.SHOW_SHOPPING, why=clause.why) if is_list else clause.question()
        is_order = not clause.kinds & QUESTIONS
        return replace(shown, things=known(shown.things), is_order=is_order)
    if not (clause.around.is_question or _begins_as_question(english)):
        return None
    if "asked_other" in clause.kinds:
        return clause.nothing(Because.QUESTION)
    also = ["asked_date"] if clause.does == "bad" else []
    if clause.does in ("eat", "finish") and "asked_list" in clause.kinds:
        also.append("asked_first")
    is_doing = clause.does in ("discard", "eat", "finish", "put", "freeze", "move", "buy")
    if is_doing and not also and not clause.kinds & QUESTIONS:
        return clause.nothing(Because.QUESTION)
    question = clause.question(*also)
    is_gone = clause.does == "gone" and question.asked is Asked.IS_THERE and question.things
    return replace(question, asked=Asked.IS_GONE) if is_gone else question


def _is_put_politely(english: EnglishClause) -> bool:
    """Can you put the butter in? "Put" is an order too, and "can we put" is a question."""
    is_asked = any(says(mark, ASKED_OF_US) for mark in english.before)
    return english.clause.said in ("put", "putin", "putaway") and not is_asked


def _begins_as_question(english: EnglishClause) -> bool:
    if english.leading & QUESTIONS or english.following & {"asked_date", "asked_first"}:
        return True
    for mark in english.before:
        phrase = mark.phrase or {}
        if "question" in phrase:
            return True
        if not phrase.keys() & {"filler", "and", "but", "polite", "any"}:
            return False
    return "any" in english.leading


def none_left(english: EnglishClause) -> Deed | None:
    """None of the yogurts left; 0 eggs left."""
    before = english.before
    at = next((i for i, mark in enumerate(before) if says(mark, NONE_OF)), -1)
    if at < 0 or english.clause.does != "left" or not english.is_after:
        return None
    english.before = [*before[:at], *before[at + 1 :]]
    nots = phrase_kinds([*english.before, *english.behind]) & {
        "not",
        "plan",
        "condition",
        "hearsay",
    }
    deed = english.behind_things(Act.TAKE, NOTHING_SAID)
    if nots or has_part(deed.things):
        return english.clause.unsure(None, known(deed.things))
    return deed


def begin_of_still(english: EnglishClause) -> int:
    """Where ", but the cheese is still fine" begins, which changes nothing; 0 if nowhere."""
    marks = english.clause.marks
    at = next((i for i, mark in enumerate(marks) if i and says(mark, BUT)), 0)
    told, rest = marks[:at], marks[at + 1 :]
    if not at or english.clause.verb not in told or not says_still_good(rest):
        return 0
    done, kept = english.clause.gather(told), english.clause.gather(rest)
    keys = {item.name.key for item in done.items}
    is_other = all(item.is_known and item.name.key not in keys for item in kept.items)
    is_all = bool(done.items and kept.items) and not left_over(kept.rest, STILL_GOOD)
    end = at - (marks[at - 1].kind is Kind.COMMA)
    return end if is_other and is_all and not has_part(kept.things()) else 0


def denied(english: EnglishClause) -> Deed | None:
    """Don't need milk; didn't eat the tofu."""
    clause = english.clause
    if "not" not in english.leading:
        return None
    is_not_to_buy = clause.does == "need" or (clause.does == "buy" and english.mood == "order")
    says_so = any(says(mark, NOT_TO_BUY) for mark in english.before)
    nots = sum(bool(mark.phrase and "not" in mark.phrase) for mark in clause.marks)
    if not (is_not_to_buy and says_so) or nots > 1:
        return None
    found = clause.gather(english.behind)
    lead = left_over(english.before, LEADING | {"not"})
    rest = left_over(found.rest, LACKING | {"lunch"})
    return english.sure(Act.UNSHOP, found, [*lead, *rest])


def all_but(english: EnglishClause) -> Deed | None:
    """Used up all but 100 g of the flour."""
    clause = english.clause
    marks = clause.marks
    at = next((i for i, mark in enumerate(marks) if is_but(mark)), -1)
    following = marks[at + 1] if 0 <= at < len(marks) - 1 else None
    if following is None or following.kind is not Kind.AMOUNT:
        return None
    if clause.does not in ("eat", "finish", "discard"):
        return None
    before, behind = clause.gather(english.behind), clause.gather(marks[at + 1 :])
    things = known(before.things() or behind.things())
    is_all = "all" in phrase_kinds(marks[:at]) or clause.said.endswith("all")
    is_all = is_all or marks[at].said.lower().startswith("all")
    rest = left_over([*english.before, *before.rest, *behind.rest], EATING | LEADING | {"except"})
    if not is_all or len(things) != 1 or rest or english.leading - LEADING:
        return clause.unsure(None, things)
    said = next(iter(behind.things()), None) or behind.fix()
    if said is None or said.lot.amount is None:
        return clause.unsure(None, things)
    left = replace(things[0], share=None, lot=replace(things[0].lot, amount=said.lot.amount))
    return Deed(Act.LEFT, [left], why=clause.why)


def excepted(english: EnglishClause) -> Deed | None:
    """Remove everything except milk; ate everything but the rice. The bot asks before."""
    clause = english.clause
    if not clause.kinds & {"everything", "except"} or clause.does not in (
        *("discard", "finish", "gone", "eat"),
    ):
        return None
    if english.leading & {"not", "plan", "condition", "hearsay", "wish"}:
        return None
    marks = english.behind if find(english.behind, "everything") >= 0 else clause.marks
    at = find(marks, "everything")
    but = next((i for i, mark in enumerate(marks) if i > at and is_but(mark)), -1)
    is_order = english.mood == "order"
    if at < 0 or (but < 0 and phrase_kinds(marks) & {"except"}):
        return clause.unsure(None, known(clause.gather(clause.marks).things()))
    rest = [mark for mark in marks[:but] if mark is not marks[at] and mark is not clause.verb]
    if but < 0:
        rest = [mark for mark in marks if mark is not marks[at] and mark is not clause.verb]
    around = clause.gather([*english.before, *rest] if marks is english.behind else rest)
    kept = clause.gather(marks[but + 1 :]) if but >= 0 else Gathered()
    words = left_over([*around.rest, *kept.rest], LEADING | {"particle", "fridge_list"})
    if words or around.items or (but >= 0 and not kept.items) or has_part(kept.things()):
        return clause.unsure(None, (), [mark.said for mark in words])
    return Deed(
        Act.TAKE,
        kept.things(),
        everything=True,
        is_order=is_order,
        place=around.place,
        why=clause.why,
    )
