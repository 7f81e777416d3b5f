"""A clause, and how a deed of it is made: only if every mark of it is accounted for."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from bot.understanding.deciding.items.gathering import gather
from bot.understanding.deciding.items.item import Gathered, Item, has_two_amounts
from bot.understanding.deciding.items.rows import in_rows
from bot.understanding.meaning import Act, Asked, Because, Deed, Thing
from bot.understanding.reading.marks import Kind, Mark
from fridge.lots import Lot, Place

CATEGORY_WORDS: Final = {
    "vegetables": "vegetables",
    "fruit": "fruit",
    "meat": "meat",
    "seafood": "seafood",
    "snacks": "snacks",
    "beverage": "drinks",
    "fish": "seafood",
    "side dishes": "kimchi_banchan",
}
"""The names of the catalogue that stand for a category as well."""

QUESTIONS: Final = frozenset({"asked_list", "asked_amount", "asked_date", "asked_first"})
WHERE: Final = ("어디", "어딨")
"""How Korean words for "where" begin."""
REASONS: Final = (
    ("retract", Because.TAKEN_BACK),
    ("asked_other", Because.QUESTION),
    ("hearsay", Because.HEARSAY),
    ("condition", Because.CONDITION),
    ("wish", Because.WISH),
    ("not", Because.NEGATION),
    ("plan", Because.PLAN),
    ("later", Because.PLAN),
    ("elsewhere", Because.ELSEWHERE),
    ("still", Because.STILL_THERE),
)
"""Kinds of phrases that turn a sentence round, each with the reason that it gives."""

SPOILED: Final = frozenset(
    {"mouldy", "moldy", "rotten", "expired", "stale", "sour", "상한", "썩은", "시든", "곰팡이핀"}
)
SHOWING: Final = frozenset({"show", "have", "gone", ""})
OF_WHAT_IS_THERE: Final = frozenset({Act.TAKE, Act.LEFT, Act.MOVE})

SILENT: Final = frozenset({"filler", "determiner", "pronoun", "be", "and", "to", "of", "time"})


@dataclass(frozen=True, slots=True)
class Around:
    """What is known around a clause: the text, the heading above, whether it is a question."""

    text: str
    place: Place | None = None
    is_question: bool = False


@dataclass(slots=True)
class Clause:
    """A clause with the one verb that says what is done.

    `does` and `mood` are those of `verbs.toml`. `kinds` has the kinds of all phrases.
    """

    marks: Sequence[Mark]
    verb: Mark | None
    does: str
    mood: str
    around: Around
    kinds: frozenset[str]

    @property
    def said(self) -> str:
        """The verb as it was said, lower case and without white space."""
        return "".join(self.verb.said.lower().split()) if self.verb else ""

    @property
    def why(self) -> tuple[str, ...]:
        """The words that decide: the verb, and the phrases that are not silent."""
        words = [
            mark.said
            for mark in self.marks
            if mark is not self.verb and mark.phrase and mark.phrase.keys() - SILENT
        ]
        return (self.verb.said, *words) if self.verb else tuple(words)

    def gather(self, marks: Sequence[Mark], *, spread: bool = False) -> Gathered:
        """The items of some of the marks."""
        return gather(marks, self.around.text, spread=spread, heading=self.around.place)

    def sure(self, act: Act, found: Gathered, left_over: Sequence[Mark]) -> Deed:
        """The deed, if nothing is left over and each item has one amount; otherwise unsure."""
        things = found.things()
        doubled = [item for item in found.items if has_two_amounts(item)]
        is_coming = act in (Act.PUT, Act.SHOP, Act.MOVE)  # half of what?
        doubled += [
            item for item in found.items if item.share is not None and (is_coming or item.amounts)
        ]
        if act in OF_WHAT_IS_THERE:  # the old bread: is there a new one?
            doubled += [
                item for item in found.items if item.has_state and not self._is_spoiled(item)
            ]
        if left_over or doubled:
            words = [mark.said for mark in left_over] or [item.name.typed for item in doubled]
            return self.unsure(act, things, words)
        return Deed(act, things, why=self.why)

    def _is_spoiled(self, item: Item) -> bool:
        """Whether so much of what has gone bad is thrown away."""
        is_bad = all(note.lower() in SPOILED for note in item.notes)
        return self.does == "discard" and bool(item.amounts) and is_bad

    def unsure(
        self, act: Act | None, things: Sequence[Thing] = (), words: Sequence[str] = ()
    ) -> Deed:
        """A deed that changes nothing until a tap confirms it."""
        return Deed(
            Act.UNSURE,
            things,
            guess=act if things else None,
            because=Because.WORDS_LEFT,
            left_over=words,
            why=self.why,
        )

    def nothing(self, because: Because) -> Deed:
        """Nothing is done, for a reason that is understood."""
        things = known(self.gather(self.marks).things())
        return Deed(Act.NOTHING, things, because=because, why=self.why)

    def turned_round(self, without: Iterable[str] = ()) -> Deed | None:
        """Nothing, where a word turns the sentence round: a negation, hearsay, a condition."""
        for kind, because in REASONS:
            if kind in self.kinds and kind not in without:
                return self.nothing(because)
        return None

    def question(self, *also: str) -> Deed:
        """A question, about the things, the category or the place that it names."""
        kinds = self.kinds.union(also)
        asked = _asked(kinds)
        found = self.gather(self.marks)
        about_all = asked in (Asked.FIRST, Asked.LIST)
        items = [item for item in found.items if item.is_known or not about_all]
        things = in_rows(items, self.around.text)
        if any(mark.kind is Kind.DATE_WORD for mark in self.marks) and asked is Asked.IS_THERE:
            asked = Asked.DATE
        if "shopping_list" in kinds and (asked is Asked.LIST or not things):
            return Deed(Act.SHOW_SHOPPING, why=self.why)
        if not things and asked is Asked.IS_THERE:
            names_it = kinds & {"asked_list", "fridge_list"} or found.has_place
            if not names_it and self.does not in SHOWING:
                return self.nothing(Because.QUESTION)  # 밥은 먹었니
            asked = Asked.LIST
        place = found.place or self.around.place
        return Deed(
            Act.ASK, things, asked=asked, category=_category(things), place=place, why=self.why
        )


def left_over(marks: Iterable[Mark], allowed: frozenset[str]) -> list[Mark]:
    """The marks that are no phrase of an allowed kind."""
    return [
        mark
        for mark in marks
        if mark.role in ("only", "receiver") or not (mark.phrase and mark.phrase.keys() & allowed)
    ]


def phrase_kinds(marks: Iterable[Mark]) -> frozenset[str]:
    """The kinds of all phrases among the marks."""
    return frozenset(kind for mark in marks if mark.phrase for kind in mark.phrase)


def says_still_good(marks: Sequence[Mark]) -> bool:
    """Whether it is said, and not asked, that something is still good: the ham is still fine."""
    has_be = False
    for mark in marks[1:]:
        phrase = mark.phrase or {}
        if has_be and phrase.keys() & {"asked_date", "still"}:
            return mark.said.lower().startswith("still")
        has_be = "be" in phrase
    return False


def find(marks: Sequence[Mark], kind: str) -> int:
    """Where the first phrase of a kind stands; -1 where there is none."""
    places = (index for index, mark in enumerate(marks) if mark.phrase and kind in mark.phrase)
    return next(places, -1)


def known(things: Iterable[Thing]) -> list[Thing]:
    """The things that are known."""
    return [thing for thing in things if thing.is_known]


def has_part(things: Iterable[Thing]) -> bool:
    """Whether an amount or a share is said of one of the things."""
    return any(thing.lot.amount or thing.share is not None for thing in things)


def whole(things: Iterable[Thing]) -> list[Thing]:
    """The things, without how much of them."""
    return [
        replace(thing, share=None, lot=replace(thing.lot, amount=None))
        if thing.lot.amount or thing.share is not None
        else thing
        for thing in things
    ]


def in_place(things: Iterable[Thing], place: Place) -> list[Thing]:
    """The things, in a place."""
    return [replace(thing, lot=replace(thing.lot, place=place)) for thing in things]


def fixed(thing: Thing, fix: Lot) -> Thing:
    """The thing, with what a correction says of it."""
    lot = thing.lot
    return replace(
        thing,
        lot=Lot(
            fix.amount or lot.amount,
            fix.best_before or lot.best_before,
            fix.place or lot.place,
            fix.note or lot.note,
        ),
    )


def _asked(kinds: Iterable[str]) -> Asked:
    for kind, asked in (
        ("asked_first", Asked.FIRST),
        ("asked_amount", Asked.AMOUNT),
        ("how_many", Asked.AMOUNT),
        ("asked_date", Asked.DATE),
        ("asked_list", Asked.LIST),
    ):
        if kind in kinds:
            return asked
    return Asked.IS_THERE


def _category(things: Iterable[Thing]) -> str:
    for thing in things:
        ingredient = thing.name.ingredient
        if ingredient and ingredient.en in CATEGORY_WORDS:
            return CATEGORY_WORDS[ingredient.en]
    return ""
