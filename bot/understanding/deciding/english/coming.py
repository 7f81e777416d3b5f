"""The rules of English verbs by which things come: bought, put in, gave us, need."""

from dataclasses import replace
from typing import Final

from bot.understanding.deciding.bare import bare_deed
from bot.understanding.deciding.clause import known, left_over
from bot.understanding.deciding.english.parts import (
    ALWAYS,
    BUYING,
    LEADING,
    OUT,
    EnglishClause,
    may_swallow,
    says,
)
from bot.understanding.deciding.items.item import Gathered
from bot.understanding.meaning import Act, Because, Deed
from bot.understanding.reading.marks import Kind

GIVEN: Final = frozenset({"droppedoff", "broughtover"})
SPOONS: Final = frozenset({"tbsp", "tsp", "tablespoon", "tablespoons", "teaspoon", "teaspoons"})


def buy(english: EnglishClause) -> Deed:
    """Bought milk; buy milk."""
    named = english.clause.gather(english.behind)
    if _comes_out(english, named):
        return english.clause.unsure(Act.TAKE, known(named.things()))
    if english.mood == "order":
        allowed = BUYING | {"shopping_list", "polite"}
        return english.before_things(Act.SHOP, allowed, swallow="from")
    found = english.clause.gather(english.behind)
    if "everything" in english.following and not found.items:
        return Deed(Act.SHOPPED, why=english.clause.why)
    if not found.items and english.clause.gather(english.before).items:  # milk, eggs: bought these
        return only_known(english, english.behind_things(Act.PUT, BUYING | {"it"}))
    return english.before_things(Act.PUT, BUYING, swallow="from", spread=True)


def _comes_out(english: EnglishClause, found: Gathered) -> bool:
    """Whether something leaves the fridge: grabbed a beer from it, get the butter out."""
    is_out = any(says(mark, OUT) for mark in english.behind if "particle" in (mark.phrase or {}))
    return is_out or any(is_from for _, is_from in found.places)


def got(english: EnglishClause) -> Deed:
    """Got milk: only food that is known."""
    found = english.clause.gather(english.behind)
    is_given = english.clause.said in GIVEN and not english.leading & {"person", "third", "their"}
    if _comes_out(english, found) or is_given:
        return english.clause.unsure(Act.TAKE, known(found.things()))
    deed = english.before_things(Act.PUT, BUYING, swallow="from", spread=True)
    return only_known(english, deed)


def only_known(english: EnglishClause, deed: Deed) -> Deed:
    """The deed, if all of its things are known: these verbs mean much else too."""
    if deed.act is Act.PUT and not all(thing.is_known for thing in deed.things):
        return english.clause.unsure(Act.PUT, known(deed.things))
    return deed


def back(english: EnglishClause) -> Deed:
    """Just got back from Tesco with bread."""
    at = next((i for i, mark in enumerate(english.behind) if mark.said.lower() == "with"), -1)
    if at < 0 or not may_swallow(english.behind[:at]):
        return english.clause.unsure(None)
    english.behind = english.behind[at + 1 :]
    return english.before_things(Act.PUT, BUYING)


def errand(english: EnglishClause) -> Deed:
    """Popped to Lidl: nothing of itself; what is named behind a comma is there."""
    marks = english.behind
    cut = next((i for i, mark in enumerate(marks) if mark.kind is Kind.COMMA), len(marks))
    where, named = marks[:cut], marks[cut + 1 :]
    is_place = not any(mark.kind is Kind.NAME for mark in where) and may_swallow(where)
    if left_over(english.before, LEADING) or not is_place:
        return english.clause.unsure(Act.PUT, known(english.clause.gather(marks).things()))
    if not named:
        return Deed(Act.NOTHING)
    found = bare_deed(named, replace(english.clause.around, is_question=False))
    return found if isinstance(found, Deed) else english.clause.unsure(None)


def put(english: EnglishClause) -> Deed:
    """Put milk in; there is milk; milk arrived."""
    clause = english.clause
    if english.is_after:
        return only_known(english, english.behind_things(Act.PUT, ALWAYS | {"person", "more"}))
    allowed = BUYING | {"fridge_list", "shopping_list", "polite"}
    if "shopping_list" in clause.kinds:
        return english.before_things(Act.SHOP, allowed)
    if english.mood == "state":
        if english.leading & {"still"}:
            return clause.nothing(Because.STILL_THERE)
        allowed = frozenset({"filler", "more", "and", "some", "home", "be"})
        lead = frozenset({"filler", "pronoun", "and", "but", "time", "person"})
        deed = english.before_things(Act.PUT, allowed, lead=lead)
        return only_known(english, replace(deed, is_state=deed.act is Act.PUT))
    if english.following & {"particle"} and any(says(mark, OUT) for mark in english.behind):
        return clause.unsure(None, known(clause.gather(english.behind).things()))
    spoons = any(mark.size_word in SPOONS for mark in english.behind)
    if spoons or english.following & {"some"}:  # into a dish
        return clause.unsure(Act.TAKE, known(clause.gather(english.behind).things()))
    deed = english.before_things(Act.PUT, allowed, spread=True)
    is_order = english.mood == "order" or clause.said in ("put", "putin")
    if is_order and (english.leading & {"step"} or clause.kinds & {"on_day"}):
        return clause.unsure(Act.PUT, known(deed.things))  # a recipe; a plan
    return replace(deed, is_order=is_order)


def need(english: EnglishClause) -> Deed:
    """Need milk."""
    allowed = BUYING | {"any", "polite", "of", "particle"}
    if english.is_after:
        return english.behind_things(Act.SHOP, allowed)
    return english.before_things(Act.SHOP, allowed, swallow="from")


def shopped(english: EnglishClause) -> Deed:
    """Bought everything."""
    found = english.clause.gather([*english.before, *english.behind])
    rest = left_over(found.rest, BUYING | {"shopping_list", "fridge_list", "person"})
    if found.items or rest:
        return english.clause.unsure(None, known(found.things()))
    return Deed(Act.SHOPPED, why=english.clause.why)
