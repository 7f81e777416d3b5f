"""What an English clause does. A verb stands before its things, or behind them: milk is gone."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
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
from bot.understanding.deciding.items import Gathered, in_rows
from bot.understanding.meaning import Act, Because, Deed
from bot.understanding.reading.marks import Kind, Mark
from fridge.lots import Place

AFTER: Final = "_after"
"""The end of a mood whose verbs stand behind their things."""

ALWAYS: Final = frozenset({"filler", "time", "and", "but", "pronoun", "be", "on_day"})
LEADING: Final = ALWAYS | {"person", "only", "polite", "third"}
BUYING: Final = ALWAYS | {"more", "lunch", "all", "some", "particle", "only", "home"}
EATING: Final = ALWAYS | {"why", "all", "some", "nearly", "lunch", "only", "particle", "any"}
LACKING: Final = frozenset({"filler", "more", "any", "all", "of", "home", "but"})
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

SWALLOWED: Final = frozenset({Kind.NAME, Kind.WORD, Kind.NOTE, Kind.AMOUNT, Kind.SHARE, Kind.PRICE})
SWALLOWED_PHRASES: Final = frozenset(
    {"determiner", "person", "of", "time", "lunch", "pronoun", "elsewhere"}
)
AUXILIARIES: Final = frozenset({"have", "i have", "we have", "had", "got", "have got"})
_CLAIMS: Final = {
    "left": ("still",),
    "need": ("elsewhere",),
    "buy": ("elsewhere",),
    "got": ("elsewhere",),
    "back": ("elsewhere",),
}
MOST_SWALLOWED: Final = 5
THROWN_IN: Final = frozenset({"chucked", "tossed", "threw", "dumped"})
GIVEN: Final = frozenset({"droppedoff", "broughtover"})
OUT: Final = frozenset({"out", "away", "off", "in the bin", "in the trash", "into the bin"})
NOT_TO_BUY: Final = frozenset({"don't", "dont", "do not", "no need to"})
SPOONS: Final = frozenset({"tbsp", "tsp", "tablespoon", "tablespoons", "teaspoon", "teaspoons"})
BETWEEN: Final = frozenset({"for", "with", "by", "to", "into"})
MAIN: Final = ("left", "gone", "need", "bad", "discard", "finish")
"""If a clause has two verbs, such as "there are" and "left", the first of these decides."""
HELPING: Final = frozenset({"put", "got", "gone", "eat", "left"})


@dataclass(slots=True)
class _Run:
    """What stands between two separators."""

    marks: list[Mark]
    verbs: list[Mark]
    separator: Mark | None

    @property
    def has_items(self) -> bool:
        """Whether the clause names something."""
        return any(mark.kind in (Kind.NAME, Kind.WORD) for mark in self.marks)


def does(mark: Mark) -> tuple[str, str]:
    """What an English verb does, and its mood."""
    said, _, mood = (mark.phrase or {}).get("verb", "").partition(" ")
    return said, mood


def is_verb(mark: Mark) -> bool:
    """Whether a mark is an English verb."""
    return mark.phrase is not None and "verb" in mark.phrase


def english_clauses(marks: Sequence[Mark], around: Around) -> list[Clause]:
    """Cut a sentence into clauses. A verb behind a separator begins a new one."""
    parts: list[list[_Run]] = []
    for run in _runs(marks):
        if not run.marks:
            continue
        if parts and not _begins_clause(parts[-1], run):
            parts[-1].append(run)
        else:
            parts.append([run])
    return [_clause(part, around) for part in parts]


def _runs(marks: Sequence[Mark]) -> list[_Run]:
    runs = [_Run([], [], None)]
    depth = 0
    for mark in marks:
        depth += (mark.kind is Kind.OPEN) - (mark.kind is Kind.CLOSE)
        phrase = mark.phrase or {}
        is_between = mark.kind in (Kind.COMMA, Kind.JOIN) or "and" in phrase or "but" in phrase
        if is_between and not depth:
            runs.append(_Run([], [], mark))
            continue
        verbs = runs[-1].verbs
        if is_verb(mark):
            if verbs and verbs[-1] is runs[-1].marks[-1] and _is_auxiliary(verbs[-1]):
                verbs.pop()
                runs[-1].marks.pop()  # I have put
            verbs.append(mark)
        runs[-1].marks.append(mark)
    return runs


def _is_auxiliary(mark: Mark) -> bool:
    return mark.said.lower() in AUXILIARIES


def _begins_clause(part: Sequence[_Run], run: _Run) -> bool:
    """Whether a run begins a clause, and does not go on with the list before it."""
    verbs = [mark for one in part for mark in one.verbs]
    if not run.verbs:
        # after a verb and "but": ate the rice but not the milk
        return False
    if verbs:
        return True
    is_after = does(run.verbs[0])[1].endswith(AFTER)
    if is_after:
        return False
    return any(one.has_items for one in part)


def _clause(part: Sequence[_Run], around: Around) -> Clause:
    marks: list[Mark] = []
    for run in part:
        if run.separator is not None and marks:
            marks.append(run.separator)
        marks += run.marks
    verbs = [mark for run in part for mark in run.verbs]
    verb = _main(verbs)
    said, mood = does(verb) if verb is not None else ("", "")
    return Clause(marks, verb, said, mood, around, phrase_kinds(marks))


def _main(verbs: Sequence[Mark]) -> Mark | None:
    for mark in verbs:
        if does(mark) == ("gone", "state"):  # no milk left
            return mark
    for word in MAIN:
        for mark in verbs:
            if does(mark)[0] == word:
                return mark
    return verbs[0] if verbs else None


def english_deed(clause: Clause, previous: Deed | None, beside: Deed | None = None) -> Deed:
    """The deed of a clause with an English verb.

    `previous` is what "it" stands for, `beside` the deed before it in the same sentence.
    """
    return _English(clause, previous, beside).decide()


class _English:
    """An English clause: what leads to its verb, and what follows."""

    def __init__(self, clause: Clause, previous: Deed | None, beside: Deed | None) -> None:
        self.clause = clause
        self.previous = previous
        self.beside = beside
        marks = clause.marks
        at = next(index for index, mark in enumerate(marks) if mark is clause.verb)
        self.before = marks[:at]
        self.behind = marks[at + 1 :]
        self.leading = phrase_kinds(self.before)
        self.following = phrase_kinds(self.behind)
        self.is_after = clause.mood.endswith(AFTER)
        self.mood = clause.mood.removesuffix(AFTER)

    def decide(self) -> Deed:
        """The deed of the clause."""
        if (at := self._begin_of_not()) > 0:
            clause = replace(self.clause, marks=self.clause.marks[:at])
            clause.kinds = phrase_kinds(clause.marks)
            return _English(clause, self.previous, self.beside).decide()
        for rule in (self._asked, self._denied, self._all_but, self._excepted):
            if deed := rule():
                return deed
        clause = self.clause
        if deed := clause.turned_round(without=self._claimed()):
            return deed
        if self.mood == "plan" and "polite" not in self.leading:
            return clause.nothing(Because.PLAN)
        rule_of_verb = _RULES.get(clause.does)
        if rule_of_verb is None:
            return clause.unsure(None, known(clause.gather(clause.marks).things()))
        return rule_of_verb(self)

    def _begin_of_not(self) -> int:
        """Where ", not the cream" begins, which says nothing of what was done; 0 if nowhere."""
        marks = self.clause.marks
        at = find(marks, "not")
        if at < 2 or self.mood != "report" or marks[at].said.lower() != "not":  # noqa: PLR2004
            return 0
        if marks[at - 1].kind is not Kind.COMMA and marks[at - 1].said.lower() != "but":
            return 0
        done, denied = self.clause.gather(marks[: at - 1]), self.clause.gather(marks[at + 1 :])
        keys = {item.name.key for item in done.items}
        is_other = all(item.is_known and item.name.key not in keys for item in denied.items)
        is_all = bool(done.items and denied.items) and not left_over(denied.rest, ALWAYS)
        return at - 1 if is_other and is_all and not has_part(denied.things()) else 0

    def _claimed(self) -> Sequence[str]:
        """The kinds of phrases that the verb itself, or a request, understands."""
        return _CLAIMS.get(self.clause.does, ())

    # What comes before the verb's own rule

    def _asked(self) -> Deed | None:
        """Do we have milk?"""
        clause = self.clause
        is_order = self.mood == "order" or clause.does == "need"
        if "polite" in self.leading and is_order:
            return None
        if clause.does == "show":
            if self.leading - {"polite", "filler", "pronoun"}:
                return clause.unsure(None)
            is_list = "shopping_list" in clause.kinds
            shown = Deed(Act.SHOW_SHOPPING, why=clause.why) if is_list else clause.question()
            return replace(shown, things=known(shown.things))
        if not (clause.around.is_question or self._begins_as_question()):
            return None
        if "asked_other" in clause.kinds:
            return clause.nothing(Because.QUESTION)
        also = ["asked_date"] if clause.does == "bad" else []
        if clause.does in ("eat", "finish") and "asked_list" in clause.kinds:
            also.append("asked_first")
        is_doing = clause.does in ("discard", "eat", "finish", "put", "freeze", "move", "buy")
        if is_doing and not also and not clause.kinds & QUESTIONS:
            return clause.nothing(Because.QUESTION)
        return clause.question(*also)

    def _begins_as_question(self) -> bool:
        if self.leading & QUESTIONS or self.following & {"asked_date", "asked_first"}:
            return True
        for mark in self.before:
            phrase = mark.phrase or {}
            if "question" in phrase:
                return True
            if not phrase.keys() & {"filler", "and", "but", "polite", "any"}:
                return False
        return "any" in self.leading

    def _denied(self) -> Deed | None:
        """Don't need milk; didn't eat the tofu."""
        clause = self.clause
        if "not" not in self.leading:
            return None
        is_not_to_buy = clause.does == "need" or (clause.does == "buy" and self.mood == "order")
        says_so = any(_says(mark, NOT_TO_BUY) for mark in self.before)
        nots = sum(bool(mark.phrase and "not" in mark.phrase) for mark in clause.marks)
        if not (is_not_to_buy and says_so) or nots > 1:
            return None
        found = clause.gather(self.behind)
        lead = left_over(self.before, LEADING | {"not"})
        rest = left_over(found.rest, LACKING | {"lunch"})
        return self._sure(Act.UNSHOP, found, [*lead, *rest])

    def _all_but(self) -> Deed | None:
        """Used up all but 100 g of the flour."""
        clause = self.clause
        marks = clause.marks
        at = next((i for i, mark in enumerate(marks) if _is_but(mark)), -1)
        following = marks[at + 1] if 0 <= at < len(marks) - 1 else None
        if following is None or following.kind is not Kind.AMOUNT:
            return None
        if clause.does not in ("eat", "finish", "discard"):
            return None
        before, behind = clause.gather(self.behind), clause.gather(marks[at + 1 :])
        things = known(before.things() or behind.things())
        is_all = "all" in phrase_kinds(marks[:at]) or clause.said.endswith("all")
        is_all = is_all or marks[at].said.lower().startswith("all")
        rest = left_over([*self.before, *before.rest, *behind.rest], EATING | LEADING | {"except"})
        if not is_all or len(things) != 1 or rest or self.leading - LEADING:
            return clause.unsure(None, things)
        said = next(iter(behind.things()), None) or behind.fix()
        if said is None or said.lot.amount is None:
            return clause.unsure(None, things)
        left = replace(things[0], share=None, lot=replace(things[0].lot, amount=said.lot.amount))
        return Deed(Act.LEFT, [left], why=clause.why)

    def _excepted(self) -> Deed | None:
        """Remove everything except milk; ate everything but the rice. The bot asks before."""
        clause = self.clause
        if not clause.kinds & {"everything", "except"} or clause.does not in (
            *("discard", "finish", "gone", "eat"),
        ):
            return None
        if self.leading & {"not", "plan", "condition", "hearsay", "wish"}:
            return None
        marks = self.behind if find(self.behind, "everything") >= 0 else clause.marks
        at = find(marks, "everything")
        but = next((i for i, mark in enumerate(marks) if i > at and _is_but(mark)), -1)
        is_order = self.mood == "order"
        if at < 0 or (but < 0 and phrase_kinds(marks) & {"except"}):
            return clause.unsure(None, known(clause.gather(clause.marks).things()))
        rest = [mark for mark in marks[:but] if mark is not marks[at] and mark is not clause.verb]
        if but < 0:
            rest = [mark for mark in marks if mark is not marks[at] and mark is not clause.verb]
        around = clause.gather([*self.before, *rest] if marks is self.behind else rest)
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

    # What the rules of verbs share

    def _sure(self, act: Act, found: Gathered, rest: Sequence[Mark]) -> Deed:
        """The deed, if all is accounted for. "It" is what was spoken of before."""
        clause = self.clause
        others = [mark for mark in rest if not (mark.phrase and "it" in mark.phrase)]
        if not found.items and len(others) < len(rest) and self.previous is not None:
            things = [replace(thing, share=None) for thing in self.previous.things]
            if others or not things:
                return clause.unsure(act, things, [mark.said for mark in others])
            return Deed(act, things, why=clause.why)
        if not found.items:
            deed = clause.unsure(act, (), [mark.said for mark in rest])
            return replace(deed, fix=found.fix(), guess=None if rest else act)
        things = in_rows(found.items, clause.around.text)
        deed = clause.sure(act, found, rest)
        return replace(deed, things=things)

    def _before_things(
        self,
        act: Act,
        allowed: frozenset[str],
        *,
        swallow: str = "",
        lead: frozenset[str] = LEADING,
        spread: bool = False,
    ) -> Deed:
        """The deed of a verb that stands before its things."""
        clause = self.clause
        behind = _without_tail(self.behind, swallow) if swallow else self.behind
        found = clause.gather(behind, spread=spread)
        leads = clause.gather(self.before)
        rest = [*left_over(leads.rest, lead), *left_over(found.rest, allowed)]
        rest += leads.loose.marks
        if leads.items:
            rest += [mark for mark in self.before if mark.kind in (Kind.NAME, Kind.WORD)]
        rest += [mark for mark in self.behind if is_verb(mark)]
        return self._sure(act, found, rest)

    def _behind_things(self, act: Act, allowed: frozenset[str]) -> Deed:
        """The deed of a verb that stands behind its things."""
        clause = self.clause
        found = clause.gather(self.before)
        behind = clause.gather(self.behind)
        rest = [*left_over(found.rest, allowed), *left_over(behind.rest, allowed)]
        rest += behind.loose.marks
        if behind.items:
            rest += [mark for mark in self.behind if mark.kind in (Kind.NAME, Kind.WORD)]
        return self._sure(act, found, rest)

    # The rules of each verb

    def buy(self) -> Deed:
        """Bought milk; buy milk."""
        if self._comes_out(self.clause.gather(self.behind)):
            return self.clause.unsure(Act.TAKE, known(self.clause.gather(self.behind).things()))
        if self.mood == "order":
            allowed = BUYING | {"shopping_list", "polite"}
            return self._before_things(Act.SHOP, allowed, swallow="from")
        found = self.clause.gather(self.behind)
        if "everything" in self.following and not found.items:
            return Deed(Act.SHOPPED, why=self.clause.why)
        return self._before_things(Act.PUT, BUYING, swallow="from", spread=True)

    def _comes_out(self, found: Gathered) -> bool:
        """Whether something leaves the fridge: grabbed a beer from it, get the butter out."""
        is_out = any(_says(mark, OUT) for mark in self.behind if "particle" in (mark.phrase or {}))
        return is_out or any(is_from for _, is_from in found.places)

    def got(self) -> Deed:
        """Got milk: only food that is known."""
        found = self.clause.gather(self.behind)
        is_given = self.clause.said in GIVEN and not self.leading & {"person", "third", "their"}
        if self._comes_out(found) or is_given:
            return self.clause.unsure(Act.TAKE, known(found.things()))
        deed = self._before_things(Act.PUT, BUYING, swallow="from", spread=True)
        return self._only_known(deed)

    def _only_known(self, deed: Deed) -> Deed:
        if deed.act is Act.PUT and not all(thing.is_known for thing in deed.things):
            return self.clause.unsure(Act.PUT, known(deed.things))
        return deed

    def back(self) -> Deed:
        """Just got back from Tesco with bread."""
        at = next((i for i, mark in enumerate(self.behind) if mark.said.lower() == "with"), -1)
        if at < 0 or not _may_swallow(self.behind[:at]):
            return self.clause.unsure(None)
        self.behind = self.behind[at + 1 :]
        return self._before_things(Act.PUT, BUYING)

    def put(self) -> Deed:
        """Put milk in; there is milk; milk arrived."""
        clause = self.clause
        if self.is_after:
            return self._only_known(self._behind_things(Act.PUT, ALWAYS | {"person", "more"}))
        allowed = BUYING | {"fridge_list", "shopping_list", "polite"}
        if "shopping_list" in clause.kinds:
            return self._before_things(Act.SHOP, allowed)
        if self.mood == "state":
            if self.leading & {"still"}:
                return clause.nothing(Because.STILL_THERE)
            allowed = frozenset({"filler", "more", "and", "some", "home", "be"})
            lead = frozenset({"filler", "pronoun", "and", "but", "time", "person"})
            deed = self._before_things(Act.PUT, allowed, lead=lead)
            return self._only_known(replace(deed, is_state=deed.act is Act.PUT))
        if self.following & {"particle"} and any(_says(mark, OUT) for mark in self.behind):
            return clause.unsure(None, known(clause.gather(self.behind).things()))
        spoons = any(mark.size_word in SPOONS for mark in self.behind)
        if spoons or self.following & {"some"}:  # into a dish
            return clause.unsure(Act.TAKE, known(clause.gather(self.behind).things()))
        deed = self._before_things(Act.PUT, allowed, spread=True)
        is_order = self.mood == "order" or clause.said in ("put", "putin")
        if is_order and (self.leading & {"step"} or clause.kinds & {"on_day"}):
            return clause.unsure(Act.PUT, known(deed.things))  # a recipe; a plan
        return replace(deed, is_order=is_order)

    def eat(self) -> Deed:
        """Ate an egg; used butter."""
        return self._taken(Act.USE)

    def finish(self) -> Deed:
        """Used up the butter."""
        is_said_of = any(mark.said.lower().endswith("'s") for mark in self.before)
        if is_said_of and not self.clause.gather(self.behind).items:
            allowed = frozenset({"filler", "time", "all"})  # bread's finished
            return self._behind_things(Act.TAKE, allowed)
        if self.leading & {"nearly"}:
            return self._before_things(
                Act.USE, EATING, swallow="purpose", lead=LEADING | {"nearly"}
            )
        return self._taken(Act.TAKE)

    def _is_passive(self) -> bool:
        """Whether the verb stands behind what it was done to: 3 tbsp of mayo used."""
        clause = self.clause
        if clause.said not in PASSIVE or self.leading & {"pronoun", "person", "third", "their"}:
            return False
        return not clause.gather(self.behind).items and bool(clause.gather(self.before).items)

    def _taken(self, otherwise: Act, allowed: frozenset[str] = EATING) -> Deed:
        """All, an amount, a part, or perhaps not all of the things."""
        clause = self.clause
        if self._is_passive():
            self.before, self.behind = self.behind, self.before
            self.leading, self.following = self.following, self.leading
        self.behind = _without_tail(self.behind, "purpose")
        found = clause.gather(self.behind)
        kinds = self.following
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
        deed = self._before_things(act, allowed)
        if act is Act.TAKE and "all" in kinds:
            deed = replace(deed, things=whole(deed.things))
        return deed

    def gone(self) -> Deed:
        """Milk is gone; no milk. The whole clause has to be that report."""
        clause = self.clause
        if clause.kinds & {"nearly"}:
            return clause.unsure(Act.USE, known(clause.gather(clause.marks).things()))
        if self.leading & {"their", "third", "elsewhere"}:
            return clause.nothing(Because.ELSEWHERE)
        if clause.said == "no" and self.beside is not None and self.beside.act is not Act.TAKE:
            return clause.unsure(None)  # bread and no butter
        if self.is_after:
            deed = self._behind_things(Act.TAKE, frozenset({"filler", "time", "be", "all", "of"}))
        else:
            lead = frozenset({"filler", "pronoun", "be", "time", "but", "all"})
            allowed = LACKING | {"filler", "time"}
            if clause.said == "no":
                lead = frozenset({"but"})
                allowed = frozenset({"more", "home", "of"})
                if any(mark.kind in (Kind.DAY, Kind.DATE_WORD) for mark in clause.marks):
                    return clause.unsure(None)
            behind = [mark for mark in self.behind if does(mark)[0] != "left"]
            self.behind = behind
            deed = self._before_things(Act.TAKE, allowed, lead=lead)
        if deed.act is Act.TAKE and has_part(deed.things):
            return clause.unsure(Act.TAKE, deed.things, ["?"])
        return deed

    def done(self) -> Deed:
        """The rice is done: cooked, or gone."""
        found = self.clause.gather(self.before)
        return self.clause.unsure(Act.TAKE, known(found.things()))

    def discard(self) -> Deed:
        """Threw out the milk; remove milk; take milk off the list."""
        clause = self.clause
        allowed = EATING | {"fridge_list", "polite", "particle"}
        if "shopping_list" in clause.kinds:
            return self._before_things(Act.UNSHOP, allowed | {"shopping_list"})
        if any(item.place for item in clause.gather(self.behind).items) and self.mood == "report":
            if clause.said in THROWN_IN:
                return self._only_known(self._before_things(Act.PUT, BUYING, spread=True))
            return clause.unsure(None)  # chucked it in the freezer
        needs_particle = clause.said in ("take", "throw", "threw")
        if needs_particle and not self.following & {"particle", "fridge_list"}:
            return clause.unsure(Act.TAKE, known(clause.gather(self.behind).things()))
        found = clause.gather(self.behind)
        if self.mood == "order" and not found.items and found.has_place:
            rest = left_over([*self.before, *found.rest], allowed | LEADING)
            if rest or found.loose.says_something:
                return clause.unsure(None, (), [mark.said for mark in rest])
            return Deed(Act.TAKE, everything=True, is_order=True, place=found.place, why=clause.why)
        deed = self._taken(Act.TAKE, allowed)
        is_some = any(mark.said.lower() == "some" for mark in self.behind)
        if is_some and deed.act is Act.TAKE and not has_part(deed.things):
            return replace(deed, act=Act.USE)
        return replace(deed, is_order=self.mood == "order")

    def left(self) -> Deed:
        """8 eggs left; down to our last 2 eggs."""
        clause = self.clause
        helping = [mark for mark in clause.marks if is_verb(mark) and mark is not clause.verb]
        if any(does(mark)[0] not in HELPING for mark in helping):
            return clause.unsure(None, known(clause.gather(clause.marks).things()))
        if any(does(mark)[0] == "gone" for mark in helping):
            return clause.unsure(None)
        allowed = ALWAYS | {"only", "still", "all", "home", "of"}
        if self.is_after:
            self.before = [mark for mark in self.before if not is_verb(mark)]
            deed = self._behind_things(Act.LEFT, allowed)
        else:
            self.behind = [mark for mark in self.behind if not is_verb(mark)]
            deed = self._before_things(Act.LEFT, allowed, lead=LEADING)
        if self.leading & {"their", "third"}:
            return clause.nothing(Because.ELSEWHERE)
        if deed.act is Act.LEFT and not all(
            thing.lot.amount or thing.share is not None for thing in deed.things
        ):
            return clause.nothing(Because.STILL_THERE)
        return deed

    def bad(self) -> Deed:
        """Milk has gone off."""
        named = any(mark.kind in (Kind.NAME, Kind.WORD) for mark in self.clause.marks)
        if not named and self.previous is not None:
            return Deed(Act.NOTHING, because=Because.STILL_THERE)  # it had gone sour
        return self._behind_things(Act.BAD, ALWAYS | {"it", "all", "why"})

    def need(self) -> Deed:
        """Need milk."""
        allowed = BUYING | {"any", "polite", "of", "particle"}
        if self.is_after:
            return self._behind_things(Act.SHOP, allowed)
        return self._before_things(Act.SHOP, allowed, swallow="from")

    def freeze(self) -> Deed:
        """Froze the chicken."""
        return self._moved(Place.FREEZER)

    def thaw(self) -> Deed:
        """Thawed the chicken."""
        return self._moved(Place.FRIDGE)

    def move(self) -> Deed:
        """Moved the chicken to the freezer."""
        return self._moved(None)

    def _moved(self, place: Place | None) -> Deed:
        clause = self.clause
        if place is not None and self.mood != "report":
            return clause.unsure(Act.MOVE, known(clause.gather(self.behind).things()))
        found = clause.gather(self.behind, spread=place is None)
        place = place or found.destination()
        if place is None:
            return clause.unsure(None, known(found.things()))
        deed = self._before_things(
            Act.MOVE, ALWAYS | {"all", "polite", "only", "more"}, spread=True
        )
        return replace(deed, things=in_place(deed.things, place), place=place)

    def swap(self) -> Deed:
        """Swap milk for oat milk; change the milk to 2 l."""
        clause = self.clause
        cut = next((i for i, mark in enumerate(self.behind) if _says(mark, BETWEEN)), -1)
        if cut < 0:
            return clause.unsure(None, known(clause.gather(self.behind).things()))
        old, new = clause.gather(self.behind[:cut]), clause.gather(self.behind[cut + 1 :])
        rest = left_over([*old.rest, *new.rest], ALWAYS | {"polite", "fridge_list"})
        rest += left_over(self.before, LEADING)
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

    def shopped(self) -> Deed:
        """Bought everything."""
        found = self.clause.gather([*self.before, *self.behind])
        rest = left_over(found.rest, BUYING | {"shopping_list", "fridge_list", "person"})
        if found.items or rest:
            return self.clause.unsure(None, known(found.things()))
        return Deed(Act.SHOPPED, why=self.clause.why)


def _says(mark: Mark, words: frozenset[str]) -> bool:
    return mark.said.lower() in words


def _is_but(mark: Mark) -> bool:
    return bool(mark.phrase and "except" in mark.phrase) or mark.said.lower() == "but"


def _may_swallow(marks: Sequence[Mark]) -> bool:
    """Whether marks may be passed over: a shop, a meal, a dish, a person."""
    return len(marks) <= MOST_SWALLOWED and all(
        mark.kind in SWALLOWED or (mark.phrase and mark.phrase.keys() & SWALLOWED_PHRASES)
        for mark in marks
    )


def _without_tail(marks: Sequence[Mark], kind: str) -> Sequence[Mark]:
    """The marks without what is said of a shop or a dish: from Tesco, for the cake."""
    kept: list[Mark] = []
    at = 0
    has_thing = False
    while at < len(marks):
        mark = marks[at]
        has_thing = has_thing or mark.kind in (Kind.NAME, Kind.WORD)
        if has_thing and mark.phrase and kind in mark.phrase and "place" not in mark.phrase:
            end = at + 1
            while end < len(marks) and not _separates(marks[end]):
                end += 1
            if end > at + 1 and _may_swallow(marks[at + 1 : end]):
                at = end
                continue
        kept.append(mark)
        at += 1
    return kept


def _separates(mark: Mark) -> bool:
    phrase = mark.phrase or {}
    return mark.kind in (Kind.COMMA, Kind.JOIN) or "and" in phrase or "but" in phrase


_RULES: Final[Mapping[str, Callable[[_English], Deed]]] = {
    "buy": _English.buy,
    "got": _English.got,
    "back": _English.back,
    "put": _English.put,
    "eat": _English.eat,
    "finish": _English.finish,
    "gone": _English.gone,
    "done": _English.done,
    "discard": _English.discard,
    "bad": _English.bad,
    "left": _English.left,
    "need": _English.need,
    "freeze": _English.freeze,
    "thaw": _English.thaw,
    "move": _English.move,
    "swap": _English.swap,
    "shopped": _English.shopped,
}
