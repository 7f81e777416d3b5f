"""The rules of English verbs by which things go: ate, used up, threw out, is gone, left."""

from dataclasses import replace
from typing import Final

from bot.understanding.deciding.clause import has_part, known, left_over, whole
from bot.understanding.deciding.english.clauses import does, is_verb
from bot.understanding.deciding.english.coming import only_known
from bot.understanding.deciding.english.parts import (
    ALWAYS,
    BUYING,
    EATING,
    LACKING,
    LEADING,
    EnglishClause,
    without_tail,
)
from bot.understanding.meaning import Act, Because, Deed
from bot.understanding.reading.marks import Kind

PASSIVE: Final = frozenset(
    {
        "used",
        "usedup",
        "eaten",
        "drunk",
        "finished",
        "consumed",
        "binned",
        "thrownout",
        "thrownaway",
    }
)
"""Verbs that may stand behind what they are done to."""
EATEN_WHOLE: Final = frozenset(
    {"ate", "drank", "eaten", "drunk", "devoured", "scoffed", "consumed", "munched"}
    | {"haveeaten", "havedrunk", "haseaten", "hasdrunk"}
)
"""Verbs after which "the milk" means all of it; "used the milk" does not."""
TOOK: Final = frozenset({"took", "tookout"})
"""What was taken out may be on the table; a number of it is gone."""
THROWN_IN: Final = frozenset({"chucked", "tossed", "threw", "dumped"})
HELPING: Final = frozenset({"put", "got", "gone", "eat", "left"})


def eat(english: EnglishClause) -> Deed:
    """Ate an egg; used butter."""
    return _taken(english, Act.USE)


def finish(english: EnglishClause) -> Deed:
    """Used up the butter."""
    is_said_of = any(mark.said.lower().endswith("'s") for mark in english.before)
    if is_said_of and not english.clause.gather(english.behind).items:
        allowed = frozenset({"filler", "time", "all"})  # bread's finished
        return english.behind_things(Act.TAKE, allowed)
    if english.leading & {"nearly"}:
        return english.before_things(Act.USE, EATING, swallow="purpose", lead=LEADING | {"nearly"})
    return _taken(english, Act.TAKE)


def _is_passive(english: EnglishClause) -> bool:
    """Whether the verb stands behind what it was done to: 3 tbsp of mayo used."""
    clause = english.clause
    if clause.said not in PASSIVE or english.leading & {"pronoun", "person", "third", "their"}:
        return False
    return not clause.gather(english.behind).items and bool(clause.gather(english.before).items)


def _taken(english: EnglishClause, otherwise: Act, allowed: frozenset[str] = EATING) -> Deed:
    """All, an amount, a part, or perhaps not all of the things."""
    clause = english.clause
    if _is_passive(english):
        english.before, english.behind = english.behind, english.before
        english.leading, english.following = english.following, english.leading
    english.behind = without_tail(english.behind, "purpose")
    found = clause.gather(english.behind)
    kinds = english.following
    is_determined = bool(found.items) and all(item.is_determined for item in found.items)
    if kinds & {"some", "nearly"}:
        act = Act.USE
    elif "all" in kinds:
        act = Act.TAKE if len(found.items) <= 1 or otherwise is Act.TAKE else Act.USE
    elif (
        has_part(found.things())
        or otherwise is Act.TAKE
        or (is_determined and clause.said in EATEN_WHOLE)
    ):
        act = Act.TAKE
    else:
        act = otherwise
    if act is Act.USE and not found.items and found.loose.amounts:
        act = Act.TAKE  # bought 6 eggs, ate 2
    is_mixed = len({bool(item.amounts or item.share) for item in found.items}) > 1
    if act is Act.TAKE and otherwise is Act.USE and is_mixed and not is_determined:
        return clause.unsure(Act.TAKE, known(found.things()), [clause.said])
    deed = english.before_things(act, allowed)
    if act is Act.TAKE and "all" in kinds:
        deed = replace(deed, things=whole(deed.things))
    return deed


def gone(english: EnglishClause) -> Deed:
    """Milk is gone; no milk. The whole clause has to be that report."""
    clause = english.clause
    if clause.kinds & {"nearly"}:
        return clause.unsure(Act.USE, known(clause.gather(clause.marks).things()))
    if english.leading & {"their", "third", "elsewhere"}:
        return clause.nothing(Because.ELSEWHERE)
    if clause.said == "no" and english.beside is not None and english.beside.act is not Act.TAKE:
        return clause.unsure(None)  # bread and no butter
    if english.is_after:
        deed = english.behind_things(Act.TAKE, frozenset({"filler", "time", "be", "all", "of"}))
    else:
        lead = frozenset({"filler", "pronoun", "be", "time", "but", "all"})
        allowed = LACKING | {"filler", "time"}
        if clause.said == "no":
            lead = frozenset({"but"})
            allowed = frozenset({"more", "home", "of"})
            if any(mark.kind in (Kind.DAY, Kind.DATE_WORD) for mark in clause.marks):
                return clause.unsure(None)
        behind = [mark for mark in english.behind if does(mark)[0] != "left"]
        english.behind = behind
        deed = english.before_things(Act.TAKE, allowed, lead=lead)
    if deed.act is Act.TAKE and any(thing.lot.amount for thing in deed.things):
        return clause.unsure(Act.TAKE, deed.things, ["?"])
    return deed


def done(english: EnglishClause) -> Deed:
    """The rice is done: cooked, or gone."""
    found = english.clause.gather(english.before)
    return english.clause.unsure(Act.TAKE, known(found.things()))


def discard(english: EnglishClause) -> Deed:
    """Threw out the milk; remove milk; take milk off the list."""
    clause = english.clause
    allowed = EATING | {"fridge_list", "polite", "particle"}
    if "shopping_list" in clause.kinds:
        return english.before_things(Act.UNSHOP, allowed | {"shopping_list"})
    if any(item.place for item in clause.gather(english.behind).items) and english.mood == "report":
        if clause.said in THROWN_IN:
            return only_known(english, english.before_things(Act.PUT, BUYING, spread=True))
        return clause.unsure(None)  # chucked it in the freezer
    if clause.said in TOOK and not (
        english.is_out and has_part(clause.gather(english.behind).things())
    ):
        return clause.unsure(Act.TAKE, known(clause.gather(english.behind).things()))  # to thaw?
    needs_particle = clause.said in ("take", "throw", "threw")
    if needs_particle and not english.following & {"particle", "fridge_list"}:
        return clause.unsure(Act.TAKE, known(clause.gather(english.behind).things()))
    found = clause.gather(english.behind)
    if english.mood == "order" and not found.items and found.has_place:
        rest = left_over([*english.before, *found.rest], allowed | LEADING)
        if rest or found.loose.says_something:
            return clause.unsure(None, (), [mark.said for mark in rest])
        return Deed(Act.TAKE, everything=True, is_order=True, place=found.place, why=clause.why)
    deed = _taken(english, Act.TAKE, allowed)
    is_some = any(mark.said.lower() == "some" for mark in english.behind)
    if is_some and deed.act is Act.TAKE and not has_part(deed.things):
        return replace(deed, act=Act.USE)
    return replace(deed, is_order=english.mood == "order")


def left(english: EnglishClause) -> Deed:
    """8 eggs left; down to our last 2 eggs."""
    clause = english.clause
    helping = [mark for mark in clause.marks if is_verb(mark) and mark is not clause.verb]
    if any(does(mark)[0] not in HELPING for mark in helping):
        return clause.unsure(None, known(clause.gather(clause.marks).things()))
    if any(does(mark)[0] == "gone" for mark in helping):
        return clause.unsure(None)
    allowed = ALWAYS | {"only", "still", "all", "home", "of"}
    if english.is_after:
        english.before = [mark for mark in english.before if not is_verb(mark)]
        deed = english.behind_things(Act.LEFT, allowed)
    else:
        english.behind = [mark for mark in english.behind if not is_verb(mark)]
        deed = english.before_things(Act.LEFT, allowed, lead=LEADING)
    if english.leading & {"their", "third"}:
        return clause.nothing(Because.ELSEWHERE)
    if deed.act is Act.LEFT and not all(
        thing.lot.amount or thing.share is not None for thing in deed.things
    ):
        return clause.nothing(Because.STILL_THERE)
    return deed


def bad(english: EnglishClause) -> Deed:
    """Milk has gone off."""
    named = any(mark.kind in (Kind.NAME, Kind.WORD) for mark in english.clause.marks)
    if not named and english.previous is not None:
        return Deed(Act.NOTHING, because=Because.STILL_THERE)  # it had gone sour
    return english.behind_things(Act.BAD, ALWAYS | {"it", "all", "why"})
