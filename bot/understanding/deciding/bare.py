"""What a sentence without a verb does: names, a heading, a question, a correction."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import pairwise
from typing import Final

from bot.understanding.deciding.clause import (
    QUESTIONS,
    WHERE,
    Around,
    Clause,
    find,
    has_part,
    in_place,
    known,
    left_over,
    phrase_kinds,
    says_still_good,
    whole,
)
from bot.understanding.deciding.items.item import Gathered
from bot.understanding.deciding.items.rows import in_rows, joined_in_doubt
from bot.understanding.meaning import Act, Asked, Because, Deed, Thing
from bot.understanding.reading.marks import Kind, Mark
from bot.understanding.reading.numbers_and_units import rounded
from fridge.lots import Place, Unit

ALWAYS: Final = frozenset(
    {"filler", "and", "time", "more", "be", "of", "fridge_list", "home", "polite", "person"}
)
HEADINGS: Final = (
    ("shopping_list", Act.SHOP),
    ("taken_head", Act.TAKE),
    ("bought_head", Act.PUT),
)
TURNING: Final = frozenset({"hearsay", "condition", "wish", "plan", "retract"})
FIXING: Final = ALWAYS | {"no", "pronoun", "address"}
IT_WAS: Final = frozenset({"it was", "it is", "it's", "they were"})
RECALLING: Final = frozenset({"맞다", "아 맞다", "참", "아 참"})
WAS: Final = ("였다", "였어", "였네", "였음", "였지", "이었다", "이었어", "이었네", "이었음")
CARS: Final = "대"
SORRY: Final = frozenset({"미안", "미안해", "죄송", "죄송해요", "미안해요"})
FROM_THE_LIST: Final = frozenset({"off the list", "from the list", "off my list"})
WHERE_IT_IS: Final = frozenset({"where", "where is", "where's", "wheres", "where are"})
QUESTION_STARTS: Final = frozenset({"question", "asked_list", "asked_amount", "asked_date"})
PLAIN_ROLES: Final = frozenset(
    {"", "topic", "subject", "object", "also", "joining", "listing", "is", "only"}
)


@dataclass(frozen=True, slots=True)
class Heading:
    """What holds for the names below: what is done with them, or where they are."""

    deed: Deed | None = None
    place: Place | None = None


def bare_deed(marks: Sequence[Mark], around: Around) -> Deed | Heading | None:
    """The deed of a sentence that no verb decides; None where it says nothing."""
    clause = Clause(marks, None, "", "", around, phrase_kinds(marks))
    is_of_all = _ends_with_destination(marks) or _ends_in_place(marks)
    found = clause.gather(marks, spread=is_of_all)
    for rule in (_undo, _amount_instead, _corrected, _asked, _shopped):
        if deed := rule(clause, found):
            return deed
    if deed := clause.turned_round():
        return deed
    for other in (_ended, _heading):
        if decided := other(clause, found):
            return decided
    return _names(clause, found)


def _ends_with_destination(marks: Sequence[Mark]) -> bool:
    """Whether a Korean list ends with where all of it goes: 떡이랑 새우 냉동실로."""
    said = [mark for mark in marks if "filler" not in (mark.phrase or {})]
    if not said or "place" not in (said[-1].phrase or {}) or said[-1].role != "to":
        return False
    return not any("place" in (mark.phrase or {}) for mark in said[:-1])


def _ends_in_place(marks: Sequence[Mark]) -> bool:
    """Whether a place at the end is of all: 2 pizzas and a bag of peas in the freezer."""
    phrases = [mark.phrase or {} for mark in marks]
    places = [at for at, phrase in enumerate(phrases) if "place" in phrase]
    if len(places) != 1 or any(mark.kind in (Kind.LINE, Kind.BULLET) for mark in marks):
        return False
    at = places[0]
    is_last = all(phrase.keys() & {"filler", "time"} for phrase in phrases[at + 1 :])
    is_led = at > 0 and not marks[at].is_korean and "to" in phrases[at - 1]
    return is_last and is_led and any("and" in phrase for phrase in phrases[:at])


def _undo(clause: Clause, found: Gathered) -> Deed | None:
    is_undo = "undo" in clause.kinds and clause.kinds <= {"undo", "filler", "all"}
    return Deed(Act.UNDO, why=clause.why) if is_undo and not found.items else None


def _corrected(clause: Clause, found: Gathered) -> Deed | None:
    """`우유 말고 두유`, `no I meant soy milk`, `not apple juice, orange juice`."""
    marks = clause.marks
    if clause.kinds & {*QUESTIONS, *TURNING}:
        return None
    at = find(marks, "instead")
    if at >= 0:
        first, second = clause.gather(marks[:at]), clause.gather(marks[at + 1 :])
        if not marks[at].is_korean:
            first, second = second, first
        return _swapped(clause, first, second)
    at = max(find(marks, "no"), _sorry(marks))
    if phrase_kinds(marks[at + 1 :]) & {"not", "rather"}:
        return None
    if at < 0 or _has_item(marks[:at]):
        return None
    if _only_not(marks, at):
        return _not_but(clause, at)
    allowed = ALWAYS | {"no", "pronoun"}
    rest = left_over([mark for mark in found.rest if not _is_it_was(mark)], allowed)
    if rest or clause.around.is_question:
        return clause.unsure(Act.CORRECT, found.things(), [mark.said for mark in rest])
    things = in_rows(found.items, clause.around.text)
    if things:
        if len(things) > 1 and not all(thing.is_known for thing in things):
            return clause.unsure(None, known(things))
        return Deed(Act.CORRECT, things, why=clause.why)
    fix = found.fix()
    return Deed(Act.CORRECT, fix=fix, why=clause.why) if fix is not None else None


def _amount_instead(clause: Clause, found: Gathered) -> Deed | None:
    """2개 아니고 3개; 3 not 2; 계란 10개 아니고 15개."""
    marks = clause.marks
    if len(found.items) > 1 or clause.kinds & {*QUESTIONS, *TURNING}:
        return None
    at = next(
        (
            i
            for i, mark in enumerate(marks)
            if "instead" in (mark.phrase or {}) or (i and mark.said.lower() == "not")
        ),
        -1,
    )
    if at < 0:
        return None
    first, second = clause.gather(marks[:at]), clause.gather(marks[at + 1 :])
    if not marks[at].is_korean:
        first, second = second, first
    old, new = first.fix() or next(iter(first.things()), None), second.fix()
    rest = left_over([mark for mark in [*first.rest, *second.rest] if not _is_it_was(mark)], FIXING)
    if rest or second.items or len(first.items) > 1 or old is None or new is None:
        return None
    if not (old.lot.amount and new.lot.amount) or clause.around.is_question:
        return None
    if not first.items:
        return Deed(Act.CORRECT, fix=new, why=clause.why)
    named = replace(old, lot=replace(old.lot, amount=None))
    changed = replace(old, lot=replace(old.lot, amount=new.lot.amount))
    return Deed(Act.CORRECT, [changed], instead_of=[named], why=clause.why)


def _is_it_was(mark: Mark) -> bool:
    """세 모야, 고구마였어: the end of a word that says "it is"."""
    if mark.said.lower() in IT_WAS:
        return True
    return mark.kind is Kind.SENTENCE_WORD and mark.role == "is"


def _sorry(marks: Sequence[Mark]) -> int:
    """Where 미안 stands, before what it was: 아 미안 두유였어."""
    if not marks or marks[-1].role != "is":
        return -1
    words = SORRY | RECALLING if marks[-1].said.endswith(WAS) else SORRY
    return next((at for at, mark in enumerate(marks) if mark.said in words), -1)


def _has_item(marks: Sequence[Mark]) -> bool:
    return any(mark.kind in (Kind.NAME, Kind.WORD, Kind.AMOUNT) for mark in marks)


def _only_not(marks: Sequence[Mark], at: int) -> bool:
    is_only = not any("no" in (mark.phrase or {}) for mark in marks[at + 1 :])
    return marks[at].said.lower() == "not" and is_only


def _not_but(clause: Clause, at: int) -> Deed | None:
    """Not apple juice, orange juice."""
    marks = clause.marks
    cut = next(
        (
            index
            for index, mark in enumerate(marks)
            if index > at and (mark.kind is Kind.COMMA or mark.said.lower() == "but")
        ),
        -1,
    )
    if cut < 0:
        return None
    old, new = clause.gather(marks[at + 1 : cut]), clause.gather(marks[cut + 1 :])
    return _swapped(clause, old, new)


def _swapped(clause: Clause, old: Gathered, new: Gathered) -> Deed:
    rest = left_over([*old.rest, *new.rest], ALWAYS | {"no"})
    is_one_each = len(old.items) == 1 and len(new.items) == 1
    if rest or not is_one_each or clause.around.is_question:
        words = [mark.said for mark in rest]
        return clause.unsure(Act.CORRECT if is_one_each else None, known(new.things()), words)
    return Deed(Act.CORRECT, new.things(), instead_of=old.things(), why=clause.why)


def _asked(clause: Clause, found: Gathered) -> Deed | None:
    if things := _looked_for(clause, found):
        return replace(clause.question(), things=things)
    is_asked = clause.kinds & QUESTIONS or clause.around.is_question
    if not clause.around.is_question and says_still_good(clause.marks):
        return clause.nothing(Because.STILL_THERE)
    if not is_asked and not _begins_as_question(clause.marks):
        if found.place and "fridge_list" in clause.kinds and not found.items:
            return clause.question("asked_list")  # 냉동실 목록
        return None
    if "shopping_list" in clause.kinds:
        return Deed(Act.SHOW_SHOPPING, why=clause.why)
    if clause.kinds & {"asked_other", "meal"} or any(
        mark.kind in (Kind.SENTENCE_WORD, Kind.CODE) for mark in clause.marks
    ):
        return clause.nothing(Because.QUESTION)
    deed = clause.question()
    if deed.asked is not Asked.LIST or found.has_place:
        return deed
    names_the_list = bool(deed.things) or bool(clause.kinds & {"asked_list", "fridge_list"})
    has_unknown = any(mark.kind is Kind.WORD for mark in clause.marks)
    return deed if names_the_list and not has_unknown else clause.unsure(None)


def _looked_for(clause: Clause, found: Gathered) -> Sequence[Thing]:
    """The things of which it is asked where they are: 김치 어디 뒀지?"""
    said = [mark.said for mark in clause.marks if mark.phrase and "asked_other" in mark.phrase]
    is_where = bool(said) and all(_asks_where(one) for one in said)
    return known(found.things()) if is_where else ()


def _asks_where(said: str) -> bool:
    return said.startswith(WHERE) or said.lower() in WHERE_IT_IS


def _begins_as_question(marks: Sequence[Mark]) -> bool:
    for mark in marks:
        phrase = mark.phrase or {}
        if phrase.keys() & QUESTION_STARTS:
            return True
        if "any" in phrase:
            return True
        if not phrase.keys() & {"filler", "and"}:
            return False
    return False


def _shopped(clause: Clause, found: Gathered) -> Deed | None:
    is_all = "shopped" in clause.kinds and not found.items
    return Deed(Act.SHOPPED, why=clause.why) if is_all else None


def _ended(clause: Clause, found: Gathered) -> Deed | None:
    """맥주 끝."""
    if "ended" not in clause.kinds or not found.items:
        return None
    rest = left_over(found.rest, frozenset({"filler", "time", "ended", "all", "and"}))
    if has_part(found.things()):
        return clause.unsure(Act.TAKE, found.things())
    deed = clause.sure(Act.TAKE, found, rest)
    return replace(deed, things=whole(deed.things))


def _heading(clause: Clause, found: Gathered) -> Deed | Heading | None:
    """A heading such as `to buy:`, `bought:` or `freezer:`, with the names behind it or below."""
    for kind, act in HEADINGS:
        if kind not in clause.kinds:
            continue
        rest = left_over(found.rest, ALWAYS | {kind, "from", "to", "last", "all"})
        things = in_rows(found.items, clause.around.text)
        if rest:
            return clause.unsure(act, known(things), [mark.said for mark in rest])
        deed = Deed(act, things, why=clause.why)
        return deed if things else Heading(deed)
    if found.place is not None and not found.items and not left_over(found.rest, ALWAYS | {"to"}):
        return Heading(place=found.place)
    return None


def _names(clause: Clause, found: Gathered) -> Deed | None:
    items = joined_in_doubt(found.items)
    things = [_half_of_one(thing) for thing in in_rows(items, clause.around.text)]
    was = {id(mark) for mark, after in pairwise(clause.marks) if _is_was_until(mark, after)}
    rest = [mark for mark in found.rest if not _is_a_few(mark) and id(mark) not in was]
    rest = left_over(rest, ALWAYS)
    if things and _is_address(clause, things):
        return clause.unsure(None)
    if things and (doubt := _doubted(clause, found, things)):
        return doubt
    if not things:
        fix = found.fix()
        if fix is None and not rest:
            return None
        return Deed(
            Act.UNSURE,
            fix=fix,
            because=Because.WORDS_LEFT,
            left_over=[mark.said for mark in rest],
            why=clause.why,
        )
    says_what_is = "be" in clause.kinds and not any(
        thing.lot.best_before or thing.date_unread or thing.lot.place for thing in things
    )
    says_who = bool(clause.kinds & {"person", "home"})
    roles = {item.role for item in found.items}
    act = Act.MOVE if found.place is not None and found.is_to else Act.PUT
    if act is Act.PUT and clause.kinds & {"polite", "only"}:  # eggs please; just one glass of wine
        return clause.unsure(act, known(things))
    rest += [mark for item in found.items for mark in item.amounts if mark.role not in PLAIN_ROLES]
    if rest or (says_what_is and not found.has_place) or says_who or not roles <= PLAIN_ROLES:
        is_noun_group = all(mark.kind is Kind.WORD for mark in rest)
        guess = act if is_noun_group else None  # no offer to talk
        return clause.unsure(guess, known(things), [mark.said for mark in rest])
    if _is_sentence(clause, found, things):
        return clause.unsure(None, known(things))
    if act is Act.MOVE and found.place is not None:
        return Deed(Act.MOVE, in_place(things, found.place), place=found.place, why=clause.why)
    doubled = clause.sure(Act.PUT, found, ())
    if doubled.act is Act.UNSURE:
        return doubled
    return Deed(Act.PUT, things, is_bare=True, why=clause.why)


def _is_address(clause: Clause, things: Sequence[Thing]) -> bool:
    """Whether a name alone may be that of a person or a pet: thanks honey, 우리 콩이."""
    thing = things[0]
    if len(things) > 1 or thing.share is not None or not thing.lot.is_bare or thing.date_unread:
        return False
    if any(mark.kind in (Kind.COMMA, Kind.JOIN) for mark in clause.marks):
        return not thing.is_known and "address" in clause.kinds
    return "address" in clause.kinds


def _doubted(clause: Clause, found: Gathered, things: Sequence[Thing]) -> Deed | None:
    """A plan, or another list: chicken tonight; milk off the list; 차 2대."""
    if "zero" in clause.kinds:
        return clause.unsure(Act.TAKE, known(things))  # 계란 0개
    if "meal" in clause.kinds:
        return clause.unsure(Act.PUT, known(things))
    if any(mark.homograph and CARS in _size_words(found) for mark in clause.marks):
        return clause.unsure(None)
    if any(mark.said.lower() in FROM_THE_LIST for mark in clause.marks):
        return clause.unsure(Act.TAKE, known(things))
    return None


def _is_was_until(mark: Mark, after: Mark) -> bool:
    """The ham was best before Friday: it is said of the date, not of the ham."""
    return mark.said.lower() in ("was", "were") and after.kind is Kind.DATE_WORD


def _is_a_few(mark: Mark) -> bool:
    """A few apples: no more is said than that they are there."""
    return not mark.is_korean and "some" in (mark.phrase or {})


def _size_words(found: Gathered) -> set[str]:
    return {mark.size_word for item in found.items for mark in item.amounts}


def _is_sentence(clause: Clause, found: Gathered, things: Sequence[Thing]) -> bool:
    """Whether unknown words look like a sentence: one of them is a subject."""
    unknown = [item for item in found.items if not item.is_known]
    if not unknown:
        return False
    if any(item.role in ("subject", "topic", "is") for item in found.items):
        return True
    return not known(things) and any(mark.kind is Kind.SENTENCE_WORD for mark in clause.marks)


def _half_of_one(thing: Thing) -> Thing:
    """양파 반: half of one."""
    if thing.share is None or thing.lot.amount:
        return thing
    number = Decimal(thing.share.numerator) / Decimal(thing.share.denominator)
    amount = rounded(number, Unit.PIECE)
    return replace(thing, share=None, lot=replace(thing.lot, amount=amount))
