"""Gathers the items that some marks name, and says which marks belong to none of them."""

from collections.abc import Callable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Final

from bot.understanding.meaning import Thing
from bot.understanding.names import MAX_NAME_LENGTH, Name, clean
from bot.understanding.reading.marks import Kind, Mark
from bot.understanding.reading.numbers_and_units import rounded
from fridge.catalogue.normalise import normalise
from fridge.items import UNCATALOGUED, ItemKey
from fridge.lots import Amount, Lot, Place, Unit, UnitFamily

EGGS_IN_A_TRAY: Final = Decimal(30)
GRAMS_IN_A_GEUN: Final = 400
GRAMS_IN_A_GEUN_OF_MEAT: Final = 600
COUNTED_WHOLE: Final = frozenset({"vegetables", "fruit", "mushrooms"})
LONGEST_NOTE: Final = 64
LONGEST_TYPED: Final = 2 * MAX_NAME_LENGTH
MOST_UNKNOWN_WORDS: Final = 3

SEPARATORS: Final = frozenset({Kind.COMMA, Kind.JOIN, Kind.LINE, Kind.STOP, Kind.QUESTION})
SIZES: Final = frozenset({UnitFamily.MASS, UnitFamily.VOLUME})
PACKED: Final = frozenset({"구", "입", "개입", "n-pack"})
SIGNS: Final = frozenset({Kind.PRICE, Kind.BULLET, Kind.COLON, Kind.TIMES})
JOINING: Final = frozenset({"joining", "listing"})
BESIDE_THE_THING: Final = frozenset(
    {"place", "receiver", "giver", "subject", "topic", "to", "of", "without", "other"}
)
"""Roles of unknown words that are who, when or where: 민지가, 학교에."""
DEFINITE: Final = frozenset({"the", "my", "our", "his", "her", "their", "that", "those", "this"})
DEFINITE_ENDS: Final = (" the", " my", " our")
OF_BREAD: Final = frozenset({"loaf", "loaves", "rolls"})
"""What is bread where nothing else is said."""
ONE: Final = "one"
TOWARDS: Final = frozenset({"to", "to the", "into", "into the", "back to", "onto", "to my"})
STEM_ROLES: Final = frozenset({"object", "also", "joining", "listing", "only", "is"})
PARTICLES_OF_UNKNOWN: Final = (
    *("이랑", "하고", "까지도", "이었어", "였어", "이야", "입니다"),
    *("랑", "을", "를", "도", "와", "과", "만", "야", "임"),
)


@dataclass(slots=True)
class Item:
    """A thing while its sentence is read. `start` and `end` are of its name in the text."""

    name: Name
    is_known: bool
    start: int
    end: int
    part: int
    role: str = ""
    amounts: list[Mark] = field(default_factory=list[Mark])
    share: Fraction | None = None
    share_role: str = ""
    day: date | None = None
    unread: str = ""
    place: Place | None = None
    notes: list[str] = field(default_factory=list[str])
    is_determined: bool = False
    is_emoji: bool = False
    follows_directly: bool = False
    follows_and: bool = False
    is_korean: bool = False
    has_state: bool = False
    has_amount_behind: bool = False
    more: Fraction | None = None
    thing: Thing | None = None
    """Once it was asked for; an item does not change after its walk."""

    def amount(self) -> tuple[Amount | None, str]:
        """The amount, and the size that is a note of it: `1L 2개` is 2 pieces of 1L."""
        return _one_amount(self.amounts, self.name)

    def as_thing(self) -> Thing:
        """The thing, with its amounts made into one."""
        if self.thing is None:
            self.thing = self._as_thing()
        return self.thing

    def _as_thing(self) -> Thing:
        amount, size = self.amount()
        share = self.share
        if self.more is not None and amount is not None:  # 한 통 반
            amount = _plus(amount, self.more)
        notes = " ".join(clean(one[:LONGEST_NOTE]) for one in [*self.notes, size] if one)
        note = notes[:LONGEST_NOTE].strip()
        lot = Lot(amount, self.day, self.place, note)
        unread = "" if self.day else self.unread
        return Thing(self.name, self.is_known, lot, share, unread)


@dataclass(slots=True)
class Pending:
    """What stands before a name and is said of it."""

    amounts: list[Mark] = field(default_factory=list[Mark])
    share: Fraction | None = None
    share_role: str = ""
    day: date | None = None
    unread: str = ""
    place: Place | None = None
    notes: list[Mark] = field(default_factory=list[Mark])
    is_determined: bool = False
    marks: list[Mark] = field(default_factory=list[Mark])

    @property
    def says_something(self) -> bool:
        """Whether something would be lost if this were dropped."""
        return bool(self.amounts or self.day or self.unread or self.share is not None)


@dataclass(slots=True)
class Gathered:
    """The items of some marks; `rest` are the marks that belong to none.

    `loose` is what is said of no item, `place` the last place, and `is_to` whether it is where
    something goes.
    """

    items: list[Item] = field(default_factory=list[Item])
    rest: list[Mark] = field(default_factory=list[Mark])
    loose: Pending = field(default_factory=Pending)
    place: Place | None = None
    has_place: bool = False
    places: list[tuple[Place | None, bool]] = field(
        default_factory=list["tuple[Place | None, bool]"]
    )
    is_to: bool = False

    def destination(self) -> Place | None:
        """The one place that something goes to; the fridge, if the fridge as a whole is said."""
        places = {place or Place.FRIDGE for place, is_from in self.places if not is_from}
        return places.pop() if len(places) == 1 else None

    def things(self) -> list[Thing]:
        """The things, in their order."""
        return [item.as_thing() for item in self.items]

    def fix(self) -> Thing | None:
        """What is said of something that is not named."""
        loose = self.loose
        if not (loose.amounts or loose.day or self.place or loose.unread):
            return None
        nobody = Name("", None, ItemKey(UNCATALOGUED, ""))
        amount, _ = _one_amount(loose.amounts, nobody)
        return Thing(nobody, lot=Lot(amount, loose.day, self.place), date_unread=loose.unread)


def gather(
    marks: Sequence[Mark], text: str, *, spread: bool = False, heading: Place | None = None
) -> Gathered:
    """Gather the items that the marks name.

    Args:
        marks: of a clause, or of lines.
        text: from which they were read.
        spread: a place holds for all items before it, as in "put milk and peas in the freezer",
            not for those of its own part alone, as in a list.
        heading: the place of a heading, such as "Freezer:".
    """
    walk = _Walk(text, spread=spread, heading=heading)
    for at, mark in enumerate(marks):
        walk.take(mark, marks[at + 1] if at + 1 < len(marks) else None)
    return walk.finish()


class _Walk:
    """Walks over marks once. A part is what stands between two separators."""

    def __init__(self, text: str, *, spread: bool, heading: Place | None) -> None:
        self._text = text
        self._spread = spread
        self._heading = heading
        self._found = Gathered()
        self._item: Item | None = None
        self._pending: Pending | None = None
        self._unknown: list[Mark] = []
        self._date_word: Mark | None = None
        self._depth = 0
        self._part = 0
        self._placed = 0
        self._placed_before: int | None = None
        self._said_heading: Place | None = None
        self._headed = 0
        self._before: Mark | None = None
        self._is_to = self._is_from = False
        self._after_and = False
        self._of: Mark | None = None

    def take(self, mark: Mark, following: Mark | None) -> None:
        """Take the next mark; `following` is the one behind it."""
        taker = _TAKERS.get(mark.kind)
        if taker is not None:
            taker(self, mark)
        elif mark.kind is Kind.PHRASE:
            self._take_phrase(mark, following)
        elif mark.kind in SEPARATORS:
            self._end_part()
            self._after_and = mark.kind is Kind.JOIN
        else:
            self._end_unknown()
            if mark.kind not in SIGNS:
                self._found.rest.append(mark)
        self._before = mark

    def finish(self) -> Gathered:
        """End the last part; return what was found."""
        self._end_part()
        found = self._found
        self._end_heading()
        if self._heading:
            for item in found.items:
                item.place = item.place or self._heading
        if self._pending is not None:
            found.loose = self._pending
            if found.items:
                found.rest += self._pending.marks
        self._drop_decoration()
        self._doubt_unknown()
        return found

    def _end_heading(self) -> None:
        """Give the place that stands before several items to those up to the next place."""
        if self._said_heading is not None:
            for item in self._found.items[self._headed :]:
                item.place = item.place or self._said_heading
            self._said_heading = None

    def take_bracket(self, mark: Mark) -> None:
        """Take a bracket: what is in it describes the item before."""
        self._end_unknown()
        change = 1 if mark.kind is Kind.OPEN else -1
        self._depth = max(0, self._depth + change)

    def take_name(self, mark: Mark) -> None:
        """Take a name that is known, with what stands before it."""
        name = mark.name
        if name is None:
            return
        item = self._item
        if item is not None and item.name.key == name.key and not self._unknown:
            item.role = mark.role if mark.role != "emoji" else item.role
            item.is_emoji = item.is_emoji and mark.role == "emoji"
            return
        if self._depth and item is not None:
            item.notes.append(mark.said)
            return
        start, end, is_known = mark.start, mark.end, True
        if self._unknown and self._touches(self._unknown[-1].end, start):
            if not self._unknown[-1].role and len(self._unknown) < MOST_UNKNOWN_WORDS:
                start = self._unknown[0].start
                end -= len(mark.said) - len(_stem(mark))
                name, is_known = typed_name(self._text[start:end]), False
                self._unknown = []
            else:
                self._end_unknown()
        else:
            self._end_unknown()
        new = Item(
            name,
            is_known,
            start,
            end,
            self._part,
            role="" if mark.role == "emoji" else mark.role,
            is_emoji=mark.role == "emoji",
            is_korean=mark.is_korean,
        )
        new.follows_and, self._after_and = self._after_and, False
        self._give_pending(new)
        new.follows_directly = (
            item is not None
            and not item.role
            and not item.has_amount_behind
            and not item.is_emoji
            and (item.share is None or not item.share_role)
            and self._touches(item.end, new.start)
        )
        self._found.items.append(new)
        self._item = new
        if mark.role in JOINING:
            self._end_part()

    def take_word(self, mark: Mark) -> None:
        """Take a word that is not known: a part of a name, or who and where."""
        if self._depth and self._item is not None:
            self._item.notes.append(mark.said)
        elif mark.role in BESIDE_THE_THING or mark.role == "listing":
            self._end_unknown()
            self._found.rest.append(mark)
        else:
            self._unknown.append(mark)
            if mark.role in JOINING:
                self._end_part()

    def take_amount(self, mark: Mark) -> None:
        """Take an amount of the item before, or of the next."""
        self._end_unknown()
        if self._depth and self._item is not None and mark.said.lower() == ONE:
            self._item.notes.append(mark.said)  # milk (the good one)
            return
        if self._of is not None and self._before is self._of:
            self._take_content(mark)
            return
        item = self._item
        if item is not None and (not item.amounts or _is_other_size(item.amounts[-1], mark)):
            item.amounts.append(mark)
            item.has_amount_behind = True
        elif item is not None and mark.is_korean:
            item.amounts.append(mark)  # two amounts of one thing: not sure
            item.has_amount_behind = True
        else:
            if item is not None:
                self._end_part(is_separated=False)
            pending = self._ahead()
            pending.amounts.append(mark)
            pending.marks.append(mark)
        if mark.role in JOINING:
            self._end_part()

    def _take_content(self, mark: Mark) -> None:
        """Take a number behind "of": 2 boxes of 6 eggs are 12, but 2 of the 6 eggs are 2."""
        outer = self._pending.amounts if self._pending is not None else []
        if not outer or outer[-1].amount is None or mark.amount is None:
            return
        unit = outer[-1].amount.unit
        if unit.family in SIZES or unit is Unit.PIECE or mark.amount.unit is not Unit.PIECE:
            return
        packed = copy(outer[-1])
        packed.amount = rounded(outer[-1].amount.number * mark.amount.number, Unit.PIECE)
        outer[-1] = packed

    def take_share(self, mark: Mark) -> None:
        """Take a part of the item before, or of the next."""
        self._end_unknown()
        item = self._item
        follows = self._before is not None and self._before.kind is Kind.AMOUNT
        last = item.amounts[-1].amount if item is not None and item.amounts else None
        is_counted = last is not None and last.unit.family not in SIZES
        if item is not None and is_counted and follows and not mark.role:
            item.more = mark.share  # 하나 반
            return
        target = item if item is not None else self._ahead()
        target.share, target.share_role = mark.share, mark.role
        if isinstance(target, Pending):
            target.marks.append(mark)
        if mark.role in JOINING:
            self._end_part()

    def take_day(self, mark: Mark) -> None:
        """Take a day, or the word before it, of the item before or of the next."""
        self._end_unknown()
        if mark.kind is Kind.DATE_WORD:
            self._date_word = mark
            return
        self._date_word = None
        target = self._item if self._item is not None and not self._item.day else self._ahead()
        if isinstance(target, Pending):
            target.marks.append(mark)
        if mark.kind is Kind.DAY:
            target.day = mark.day
        else:
            target.unread = mark.said

    def take_note(self, mark: Mark) -> None:
        """Take a brand or a state."""
        if self._unknown:
            self._unknown.append(mark)  # a word of an unknown name: sweet organic thing
        elif mark.role != "plain":
            self._ahead().notes.append(mark)

    def _take_phrase(self, mark: Mark, following: Mark | None) -> None:
        phrase = mark.phrase or {}
        said = mark.said.lower()
        if "place" in phrase:
            self._end_unknown()
            self._take_place(phrase["place"], mark)
            return
        if "cooking" in phrase and self._is_within_name(mark):
            self.take_word(mark)  # pancake mix
            return
        leads = following is not None and "place" in (following.phrase or {})
        if "to" in phrase and leads:
            self._end_unknown()
            self._is_to, self._is_from = said in TOWARDS, said.startswith(("from", "out of"))
            return
        if "and" in phrase and not mark.role:
            self._end_part()
            self._after_and = True
            return
        if "determiner" in phrase:
            self._take_determiner(said)
            return
        if "of" in phrase and self._follows_quantity():
            self._of = mark
            if said != "of":
                self._ahead().is_determined = True
            return
        if said.endswith(DEFINITE_ENDS):
            self._ahead().is_determined = True
        self._end_unknown()
        self._found.rest.append(mark)
        if "out_of" in phrase and self._item is not None:
            self._item.amounts.clear()  # 4캔 중 3캔: the four are no amount

    def _take_determiner(self, said: str) -> None:
        self._end_unknown()
        if self._pending is not None and self._pending.notes:  # peeled the potatoes
            self._found.rest += self._pending.notes
            self._pending.notes = []
        if said in DEFINITE:
            self._ahead().is_determined = True

    def _is_within_name(self, mark: Mark) -> bool:
        item = self._item
        return bool(self._unknown) or (item is not None and self._touches(item.end, mark.start))

    def _follows_quantity(self) -> bool:
        before = self._before
        if before is None:
            return False
        return before.kind in (Kind.AMOUNT, Kind.SHARE) or bool(
            (before.phrase or {}).keys() & {"all", "some"}
        )

    def _take_place(self, said: str, mark: Mark) -> None:
        found = self._found
        found.has_place = True
        is_to = mark.role == "to" or self._is_to
        is_from = self._is_from or mark.said.endswith("에서")
        found.places.append((None if said == "nowhere" else Place(said), is_from))
        self._is_to = self._is_from = False
        self._end_heading()
        if said == "nowhere":
            found.is_to = found.is_to or is_to
            self._placed_before, self._placed = self._placed, len(found.items)
            return
        place = Place(said)
        found.place, found.is_to = place, is_to
        begin = self._placed
        if begin == len(found.items) and self._placed_before is not None:
            begin = self._placed_before  # 냉장고 냉동실에
        self._placed_before = None
        items = found.items[begin:]
        if not self._spread:
            items = [item for item in items if item.part == self._part]
        for item in items:
            item.place = item.place or place
        if items:
            self._placed = len(found.items)
        else:
            self._ahead().place = place
            self._said_heading = place if self._part == 0 or not found.items else None
            self._headed = len(found.items)  # 냉동실에 만두, 식빵

    def _end_unknown(self) -> None:
        """Make a name of the words that are not known, where there are any."""
        words = self._unknown
        if not words:
            return
        self._unknown = []
        if len(words) > MOST_UNKNOWN_WORDS:
            self._found.rest += words
            return
        start = words[0].start
        end = words[-1].end - len(words[-1].said) + len(_stem_of_unknown(words[-1]))
        item = self._item
        if (
            item is not None
            and not item.amounts
            and not item.role
            and not item.is_emoji
            and self._touches(item.end, start)
        ):
            item.name, item.is_known = typed_name(self._text[item.start : end]), False
            item.end, item.role = end, words[-1].role
            item.notes.clear()
            return
        notes = self._pending.notes if self._pending is not None else []
        if notes and self._touches(notes[-1].end, start):
            start = notes[0].start
            notes.clear()
        self._item = Item(
            typed_name(self._text[start:end]),
            is_known=False,
            start=start,
            end=end,
            part=self._part,
            role=words[-1].role,
            is_korean=words[-1].is_korean,
        )
        self._item.follows_and, self._after_and = self._after_and, False
        self._give_pending(self._item)
        self._found.items.append(self._item)

    def _ahead(self) -> Pending:
        """What is said before the name that it is said of."""
        if self._pending is None:
            self._pending = Pending()
        return self._pending

    def _give_pending(self, item: Item) -> None:
        """Give an item what was said before its name."""
        pending = self._pending
        if pending is None:
            return
        self._pending = None
        item.amounts = pending.amounts
        item.share, item.share_role = pending.share, pending.share_role
        item.day, item.unread, item.place = pending.day, pending.unread, pending.place
        item.notes = [note.said for note in pending.notes if note.role != "plain"]
        item.has_state = any(note.role == "states" for note in pending.notes)
        item.is_determined = pending.is_determined

    def _touches(self, end: int, start: int) -> bool:
        return not self._text[end:start].strip(" '’")

    def _end_part(self, *, is_separated: bool = True) -> None:
        self._end_unknown()
        if self._date_word is not None:
            self._found.rest.append(self._date_word)
            self._date_word = None
        pending = self._pending
        if pending is not None:
            if pending.notes:
                self._end_notes(pending)
            found = self._found
            last = self._item or (found.items[-1] if found.items else None)
            is_other = any(mark.size_word in OF_BREAD for mark in pending.amounts)
            if (
                last is not None
                and pending.says_something
                and _lacks(last, pending)
                and not (is_other and self._item is None)
            ):
                last.amounts += pending.amounts
                last.share = last.share if last.share is not None else pending.share
                last.day = last.day or pending.day
                last.unread = last.unread or pending.unread
                self._pending = Pending(place=pending.place) if pending.place else None
            else:
                pending.is_determined = False
        self._item = None
        self._part += is_separated

    def _end_notes(self, pending: Pending) -> None:
        """Notes behind a name are its own; a brand alone may be a name that is not known."""
        notes, pending.notes = pending.notes, []
        last = self._item or (self._found.items[-1] if self._found.items else None)
        if last is not None and (last is self._item or notes[0].role != "brands"):
            last.notes += [note.said for note in notes]
            last.has_state = any(note.role == "states" for note in notes)
            return
        start, end = notes[0].start, notes[-1].end
        name = typed_name(self._text[start:end])
        item = Item(name, is_known=False, start=start, end=end, part=self._part)
        item.amounts, pending.amounts, pending.marks = pending.amounts, [], []
        self._item = item
        self._found.items.append(item)

    def _doubt_unknown(self) -> None:
        """A name that is not known stands alone between separators; beside others it is a word."""
        items = self._found.items
        if all(item.is_known for item in items) or len(items) == 1:
            return
        parts = [item.part for item in items]
        for item in items:
            if not item.is_known and parts.count(item.part) > 1:
                mark = Mark(Kind.WORD, item.start, item.end, item.name.typed)
                self._found.rest.append(mark)

    def _drop_decoration(self) -> None:
        """An emoji beside a name only shows it again: 🥕 carrots."""
        items = self._found.items
        if not any(item.is_emoji for item in items):
            return
        named = {item.part: item for item in items if not item.is_emoji}
        for item in items:
            beside = named.get(item.part) if item.is_emoji else None
            if beside is not None:
                beside.amounts = beside.amounts or item.amounts
                beside.day = beside.day or item.day
                beside.place = beside.place or item.place
        self._found.items = [one for one in items if not one.is_emoji or one.part not in named]


_TAKERS: Final[Mapping[Kind, Callable[[_Walk, Mark], None]]] = {
    Kind.NAME: _Walk.take_name,
    Kind.WORD: _Walk.take_word,
    Kind.AMOUNT: _Walk.take_amount,
    Kind.SHARE: _Walk.take_share,
    Kind.DAY: _Walk.take_day,
    Kind.UNREAD_DAY: _Walk.take_day,
    Kind.DATE_WORD: _Walk.take_day,
    Kind.NOTE: _Walk.take_note,
    Kind.OPEN: _Walk.take_bracket,
    Kind.CLOSE: _Walk.take_bracket,
}


def _lacks(item: Item, pending: Pending) -> bool:
    """Whether nothing of what is pending is said of the item already."""
    return not (
        (pending.amounts and item.amounts)
        or (pending.share is not None and item.share is not None)
        or (pending.day and item.day)
    )


def typed_name(text: str) -> Name:
    """The name of a text that neither the catalogue nor the chat has."""
    typed = clean(text[:LONGEST_TYPED])
    return Name(typed, None, ItemKey(UNCATALOGUED, normalise(typed)))


def joined_in_doubt(items: Sequence[Item]) -> list[Item]:
    """The items; names joined by "and" are one that is not known unless each of them is known.

    A conjunction may be a part of a name: salt and vinegar crisps.
    """
    groups: list[list[Item]] = []
    for item in items:
        if (item.follows_and or item.follows_directly) and groups:
            groups[-1].append(item)
        else:
            groups.append([item])
    for group in groups:
        is_joined = any(item.follows_and for item in group)
        is_plain = all(item.is_known and not item.follows_directly for item in group)
        if is_joined and not is_plain:
            for item in group[1:]:
                item.follows_directly = True
    return list(items)


def in_rows(items: Sequence[Item], text: str) -> list[Thing]:
    """The things, where names with nothing between them are one that is not known: milk eggs."""
    things: list[Thing] = []
    row: list[Item] = []
    for item in [*items, None]:
        if item is not None and item.follows_directly and row:
            row.append(item)
            continue
        if len(row) == 1:
            things.append(row[0].as_thing())
        elif row:
            things.append(_row_as_thing(row, text))
        row = [item] if item is not None else []
    return things


def _row_as_thing(row: Sequence[Item], text: str) -> Thing:
    whole = Item(
        typed_name(text[row[0].start : row[-1].end]),
        is_known=False,
        start=row[0].start,
        end=row[-1].end,
        part=row[0].part,
        amounts=[*row[0].amounts, *row[-1].amounts],
        notes=row[0].notes,
        day=row[-1].day,
        place=row[-1].place,
    ).as_thing()
    several = [item.name for item in row if item.is_known]
    return Thing(whole.name, is_known=False, lot=whole.lot, several=several)


def _stem(mark: Mark) -> str:
    """A typed name without the particle behind it: 우유랑 is 우유."""
    said = mark.said
    if not mark.role or mark.role == "emoji" or mark.name is None:
        return said
    keys = (normalise(mark.name.typed), mark.name.key.name_key)
    stems = (said[:-length] for length in range(1, min(6, len(said))))
    return next((stem for stem in stems if normalise(stem) in keys), said)


def _stem_of_unknown(mark: Mark) -> str:
    """An unknown Korean word without the particle that it probably ends with."""
    said = mark.said
    if mark.role not in STEM_ROLES:
        return said
    for particle in PARTICLES_OF_UNKNOWN:
        if said.endswith(particle) and len(said) > len(particle):
            return said.removesuffix(particle)
    return said


def has_two_amounts(item: Item) -> bool:
    """Whether two amounts are said of an item of which neither is a size: 계란 10개 중 2개."""
    if len(item.amounts) <= 1:
        return False
    amounts = [mark.amount for mark in item.amounts if mark.amount]
    sizes = sum(amount.unit.family in SIZES for amount in amounts)
    first = item.amounts[0].size_word
    return len(amounts) > 2 or (sizes != 1 and first not in PACKED)  # noqa: PLR2004 - a size and a count


def _is_other_size(one: Mark, other: Mark) -> bool:
    if one.amount is None or other.amount is None:
        return False
    if one.size_word in PACKED:
        return True
    return (one.amount.unit.family in SIZES) != (other.amount.unit.family in SIZES)


def _one_amount(marks: Sequence[Mark], name: Name) -> tuple[Amount | None, str]:
    """One amount of several, and the size that is a note of them."""
    amounts = [(fitting(mark.amount, mark.size_word, name), mark) for mark in marks if mark.amount]
    if not amounts:
        return None, ""
    first, first_mark = amounts[0]
    for second, mark in amounts[1:]:
        is_size, is_second_size = first.unit.family in SIZES, second.unit.family in SIZES
        if is_size and not is_second_size:
            return second, _size(first_mark)
        if is_second_size and not is_size:
            return first, _size(mark)
        if first_mark.size_word in PACKED and mark.amount:
            return _times(first, mark.amount.number), ""
    return first, ""


def _size(mark: Mark) -> str:
    return mark.said.strip(" x×*").removesuffix("짜리")


def _times(one: Amount, times: Decimal) -> Amount:
    return rounded(one.number * times, Unit.PIECE) or one


def _plus(amount: Amount, share: Fraction) -> Amount:
    number = amount.number + Decimal(share.numerator) / Decimal(share.denominator)
    return rounded(number, amount.unit) or amount


def fitting(amount: Amount, word: str, name: Name) -> Amount:
    """The amount in the unit that the word means of this food: a tray of eggs, 근 of meat."""
    ingredient = name.ingredient
    category = ingredient.category if ingredient else ""
    if word == "판":
        is_egg = ingredient is not None and category == "dairy_eggs" and "egg" in ingredient.en
        return _times(amount, EGGS_IN_A_TRAY) if is_egg else Amount(amount.number)
    if word == "근" and category == "meat":
        grams = amount.number / GRAMS_IN_A_GEUN * GRAMS_IN_A_GEUN_OF_MEAT
        return rounded(grams, Unit.GRAM) or amount
    if word in ("통", "자루") and category in COUNTED_WHOLE:
        return Amount(amount.number)
    if word == "쪽" and category == "fruit":
        return Amount(amount.number)
    if word == "쪽" and ingredient is not None and ingredient.en == "garlic":
        return Amount(amount.number, Unit.CLOVE)
    return amount
