"""Gathers the items that some marks name, and says which marks belong to none of them."""

from collections.abc import Callable, Mapping, Sequence
from copy import copy
from typing import Final

from bot.understanding.deciding.items.amounts import SIZES, is_other_size
from bot.understanding.deciding.items.item import Gathered, Item, Pending
from bot.understanding.deciding.items.typed_names import stem, stem_of_unknown, typed_name
from bot.understanding.reading.marks import Kind, Mark
from bot.understanding.reading.numbers_and_units import rounded
from fridge.lots import Place, Unit

MOST_UNKNOWN_WORDS: Final = 3
SEPARATORS: Final = frozenset({Kind.COMMA, Kind.JOIN, Kind.LINE, Kind.STOP, Kind.QUESTION})
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
BEFORE_PRICES: Final = frozenset({"for", "for only", "only", "just", "about", "at"})
"""Before a sum of money, these belong to it: salmon for £6.50."""
TOWARDS: Final = frozenset({"to", "to the", "into", "into the", "back to", "onto", "to my"})


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
            if not _is_of_price(mark, following):
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
                end -= len(mark.said) - len(stem(mark))
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
        if item is not None and (not item.amounts or is_other_size(item.amounts[-1], mark)):
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
        end = words[-1].end - len(words[-1].said) + len(stem_of_unknown(words[-1]))
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


def _is_of_price(mark: Mark, following: Mark | None) -> bool:
    is_price = following is not None and following.kind is Kind.PRICE
    return is_price and mark.said.lower() in BEFORE_PRICES


def _lacks(item: Item, pending: Pending) -> bool:
    """Whether nothing of what is pending is said of the item already."""
    return not (
        (pending.amounts and item.amounts)
        or (pending.share is not None and item.share is not None)
        or (pending.day and item.day)
    )
