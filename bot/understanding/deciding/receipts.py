"""Reads receipts and order mails: their foods, without prices, sums, codes and shops.

A receipt is read line by line. From each line go the prices, the codes and the columns; a food is
read in the rest. A line without a food may say how many there are of the food before.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal, InvalidOperation
from typing import Final

from bot.understanding.deciding import receipt_signs as signs
from bot.understanding.deciding.items.amounts import fitting
from bot.understanding.deciding.items.typed_names import typed_name
from bot.understanding.meaning import LeftOut, Thing
from bot.understanding.names import Name, clean
from bot.understanding.reading.marks import Kind, Mark
from bot.understanding.reading.numbers_and_units import rounded
from bot.understanding.words.lexicon import Lexicon, phrase_key
from fridge.lots import Amount, Lot, Unit, UnitFamily

FEWEST_LINES: Final = 3
FEWEST_PRICES: Final = 2
LARGEST_COUNT: Final = 99
MOST_LINES_LOOKED_AT: Final = 60
LONGEST_LINE: Final = 120
LONGEST_NO_FOOD: Final = 4
FIRST_WORDS: Final = 3
SIZES: Final = frozenset({UnitFamily.MASS, UnitFamily.VOLUME})
SHORTEST_TAIL: Final = 2
TRAY: Final = "판"
SUMS: Final = ("sums", "payments", "orders", "goods")
"""The kinds of words with which a line is no food, also where it has the name of one."""


def looks_like_receipt(text: str) -> bool:
    """Tell whether several lines of a text have prices."""
    lines = [line for line in text.split("\n", MOST_LINES_LOOKED_AT) if line.strip()]
    if len(lines) < FEWEST_LINES:
        return False
    prices = 0
    for line in lines[:MOST_LINES_LOOKED_AT]:
        if signs.PRICE.search(line[:LONGEST_LINE]) and not signs.DATED.search(line):
            prices += 1
            if prices == FEWEST_PRICES:
                return True
    return False


@dataclass(slots=True)
class _Food:
    """A food of a receipt, while the lines about it are read."""

    thing: Thing
    amounts: list[Mark]
    count: int = 0
    price: Decimal | None = None
    is_sure: bool = False

    def as_thing(self) -> Thing:
        """The thing, with its sizes and counts made into one amount."""
        lot = _lot(self.amounts, self.count, self.thing)
        return replace(self.thing, lot=lot)


@dataclass(slots=True)
class ReceiptReader:
    """Reads one receipt, a line at a time.

    Args:
        read: returns the marks of a line.
        lexicon: knows the words of sums, payments and shops.
    """

    read: Callable[[str], Sequence[Mark]]
    lexicon: Lexicon
    _foods: list[_Food] = field(default_factory=list[_Food])
    _others: list[Thing] = field(default_factory=list[Thing])
    _unpriced: Thing | None = None
    _next_count: tuple[int, Decimal] | None = None
    _prices: int = 0
    _codes: int = 0
    _lines: int = 0
    _has_counts: bool = False
    _is_behind_food: bool = False

    @property
    def things(self) -> list[Thing]:
        """The known foods."""
        return _added_up([food.as_thing() for food in self._foods if food.is_sure])

    @property
    def others(self) -> list[Thing]:
        """What has a price and a name that is not known."""
        return list(self._others)

    @property
    def left_out(self) -> LeftOut:
        """What was passed over."""
        return LeftOut(self._prices, self._codes, self._lines)

    def take(self, line: str) -> None:
        """Read the next line."""
        line = line[:LONGEST_LINE].strip()
        if signs.RULE.fullmatch(line):
            return
        self._prices += len(signs.PRICE.findall(line))
        self._codes += len(signs.CODE.findall(line))
        if len(signs.HEADINGS.findall(line)) > 1 and not signs.PRICE.search(line):
            self._has_counts = self._has_counts or bool(signs.HEADED_BY_COUNT.search(line))
            self._pass()
        elif signs.NEGATIVE.search(line):
            self._pass()
        else:
            self._take_words(signs.LABEL.sub("", line))

    def _take_words(self, line: str) -> None:
        """Read a line that is neither a heading nor a discount."""
        if self._is_count_of_next(line):
            return
        short, count, price = self._without_columns(line)
        kind = self._no_food(short)
        if kind in SUMS:
            self._pass()
            return
        body = self._spelled_out(short)
        marks = self.read(body) if body else ()
        food = self._food(marks, body)
        has_amount = price is not None or bool(count) or any(map(_is_amount, marks))
        if food is not None and (has_amount or kind != "shops"):
            food.count, food.price = count or self._counted_before(price), price
            food.is_sure = has_amount
            self._foods.append(food)
            self._unpriced, self._is_behind_food = None, True
        elif self._is_behind_food and not _has_words(marks):
            self._say_more(marks, count, price)
        else:
            self._take_unknown(short, kind, marks, has_price=price is not None)

    def _take_unknown(
        self, body: str, kind: str, marks: Sequence[Mark], *, has_price: bool
    ) -> None:
        """Take a line without a known food: a name with a price may be one all the same."""
        name = None if kind not in ("", "shops") else _unknown(body)
        before = self._unpriced
        self._pass()
        if has_price and name is not None:
            self._others.append(name)
        elif has_price and before is not None and not _has_words(marks):
            self._others.append(before)
        elif any(map(_is_amount, marks)):
            self._unpriced = name

    def _pass(self) -> None:
        self._lines += 1
        self._is_behind_food = False
        self._unpriced = None

    def _is_count_of_next(self, line: str) -> bool:
        """Take a line such as `2 x £0.55` whose sum is not that of the food before."""
        found = signs.COUNT_AT.match(line)
        if not (found and self._is_behind_food):
            return False
        each = _number(line[found.end() :])
        if each is None:
            return False
        total = each * int(found[1])
        before = self._foods[-1].price
        if before is None or before == total:
            return False
        self._next_count = (int(found[1]), total)
        return True

    def _counted_before(self, price: Decimal | None) -> int:
        """The count of the line before, if it is that of a food with this price."""
        counted, self._next_count = self._next_count, None
        return counted[0] if counted and counted[1] == price else 0

    def _say_more(self, marks: Sequence[Mark], count: int, price: Decimal | None) -> None:
        """Take what a line without a name says of the food before."""
        food = self._foods[-1]
        food.count = max(food.count, 1) * count if count else food.count
        food.price = food.price or price
        food.is_sure = food.is_sure or price is not None or bool(count or marks)
        amounts = [mark for mark in marks if _is_amount(mark)]
        if not food.amounts:
            food.amounts = amounts[:1]
        elif amounts and not food.count:
            food.amounts += [mark for mark in amounts[:1] if not _is_size(mark)]

    def _without_columns(self, line: str) -> tuple[str, int, Decimal | None]:
        """Return a line without prices and codes, how many it says, and its last price."""
        prices = signs.PRICE.findall(line)
        price = _number(prices[-1]) if prices else None
        body = signs.UNIT_PRICE.sub(" ", signs.CHECK_BOX.sub("", line, count=1))
        body = signs.NUMBER_IN_FRONT.sub("", body, count=1)
        count = 0
        for pattern in (
            signs.MULTIPLE_OFFER,
            signs.COUNT_AT,
            signs.COUNT_NAMED,
            signs.COUNT_IN_FRONT,
        ):
            found = pattern.search(body)
            if found:
                count = count or int(found[1])
                body = f"{body[: found.start()]} {body[found.end() :]}"
        if behind := signs.COUNT_BEHIND.search(body):
            count = max(count, 1) * int(behind[1] or behind[2])
            body = f"{body[: behind.start()]} {body[behind.end() :]}"
        body = signs.WEIGHED.sub(r"\1", body)
        if prices or signs.CODE.search(body):
            body, in_columns = self._columns(signs.FLAGS.sub("", body))
            count = count or in_columns
            body = signs.FLAGS.sub("", signs.CODE.sub(" ", signs.PRICE.sub(" ", body)))
        alone = signs.COUNT_ALONE.match(body) if prices and not count else None
        if alone and not signs.UNIT_OF_COUNT.match(body, alone.end(1)):
            count, body = int(alone[1]), body[alone.end() :]
        return body.strip(" \t:|/,.-"), count, price

    def _columns(self, body: str) -> tuple[str, int]:
        """Cut the numbers off the end of a line; return the rest, and the number of pieces."""
        words = body.split()
        numbers: list[Decimal] = []
        while words and signs.COLUMN.fullmatch(words[-1]):
            number = _number(words.pop())
            if number is not None:
                numbers.insert(0, number)
        return " ".join(words), self._count(numbers)

    def _count(self, numbers: Sequence[Decimal]) -> int:
        """The number of pieces among the columns of a line: price, count and sum."""
        for at in range(len(numbers) - 2):
            one, count, total = numbers[at : at + 3]
            if one * count == total and (_is_count(one) or _is_count(count)):
                return (
                    int(min(one, count))
                    if 1 in (one, count)
                    else int(count if _is_count(count) else one)
                )
        if self._has_counts and len(numbers) > 1:
            counts = [one for one in numbers[:-1] if _is_count(one)]
            return int(counts[-1]) if len(counts) == 1 else 0
        return 0

    def _no_food(self, body: str) -> str:
        """Return of which kind a line is that has words of a receipt; empty for other lines.

        Words of sums and the like count at the beginning of a line, those of goods anywhere.
        """
        table = self.lexicon.receipt_words
        words = [_as_meant(word) for word in signs.WORD.findall(body.lower())]
        found = ""
        for begin in range(len(words)):
            letters = ""
            for word in words[begin : begin + LONGEST_NO_FOOD]:
                letters += word
                kind = next(iter(table.meanings.get(letters, {})), "")
                if kind == "goods":
                    return kind
                if begin < FIRST_WORDS and kind and found != "begins":
                    is_first = begin == 0 or kind == "shops" or not self._is_name(words[0])
                    found = kind if is_first and found in ("", "shops") else found
        return found

    def _spelled_out(self, body: str) -> str:
        """Return a line with whole words in the place of short forms."""
        shorts = self.lexicon.receipt_shorts
        return signs.LATIN.sub(lambda word: shorts.get(word[0].lower(), word[0]), body)

    def _is_name(self, word: str) -> bool:
        marks = self.read(word)
        return bool(marks) and marks[0].kind is Kind.NAME

    def _food(self, marks: Sequence[Mark], body: str) -> _Food | None:
        """Return the known food of a line.

        It is the last name of the first part of the line, as the words before a name describe it.
        """
        depth = 0
        names: list[tuple[Mark, Name]] = []
        inside: list[tuple[Mark, Name]] = []
        amounts: list[Mark] = []
        notes: list[Mark] = []
        for mark in marks:
            depth = max(0, depth + (mark.kind is Kind.OPEN) - (mark.kind is Kind.CLOSE))
            name = mark.name or self._name_at_end(mark)
            if name is not None:
                (inside if depth else names).append((mark, name))
            elif _is_amount(mark) and (
                signs.HAS_DIGIT.search(mark.said) or body[mark.start - 1].isspace()
            ):
                amounts.append(mark)
            elif mark.kind is Kind.NOTE and not depth:
                notes.append(mark)
        names = names or inside
        if not names:
            return None
        first = names[0][0]
        part = signs.SEGMENT.search(body, first.end)
        end = part.start() if part else len(body)
        _, name = [one for one in names if one[0].end <= max(end, first.end)][-1]
        shops = self.lexicon.receipt_words.meanings
        said = [
            mark.said
            for mark in notes
            if mark.role == "brands"
            and mark.end <= first.start
            and "shops" not in shops.get(phrase_key(mark.said), {})
        ]
        return _Food(Thing(name, lot=Lot(note=clean(" ".join(said)) if said else "")), amounts)

    def _name_at_end(self, mark: Mark) -> Name | None:
        """The known name with which a Korean word ends that is not known as a whole: 국산콩두부."""
        if mark.kind not in (Kind.WORD, Kind.SENTENCE_WORD) or not signs.HANGUL.fullmatch(
            mark.said
        ):
            return None
        for begin in range(1, len(mark.said) - SHORTEST_TAIL + 1):
            tail = self.read(mark.said[begin:])
            if len(tail) == 1 and tail[0].kind is Kind.NAME and not tail[0].role:
                return tail[0].name
        return None


def _added_up(things: Sequence[Thing]) -> list[Thing]:
    """The things, where equal ones are one with the amounts of both."""
    found: dict[object, Thing] = {}
    for thing in things:
        amount = thing.lot.amount
        kind = (thing.name.key, thing.lot.note, amount and amount.unit)
        before = found.get(kind)
        if before is None or amount is None or before.lot.amount is None:
            found.setdefault(kind, thing)
            continue
        total = rounded(before.lot.amount.number + amount.number, amount.unit)
        found[kind] = replace(before, lot=replace(before.lot, amount=total or amount))
    return list(found.values())


def _as_meant(word: str) -> str:
    """Return a word as it is probably meant where it has digits among letters: T0TAL."""
    if word.isalpha() or not word[0].isalpha() or word.rstrip("0123456789").isalpha():
        return word
    return word.translate(signs.MISREAD)


def _lot(amounts: Sequence[Mark], count: int, thing: Thing) -> Lot:
    note = thing.lot.note
    sizes = [mark for mark in amounts if _is_size(mark)]
    counts = [mark for mark in amounts if not _is_size(mark)]
    amount = _product(counts, count, thing.name)
    if amount is None:
        size = sizes[0].amount if sizes else None
        return Lot(size, note=note)
    if sizes:
        note = " ".join(filter(None, (note, sizes[0].said.strip(" x×*()"))))
    return Lot(amount, note=note)


def _product(counts: Sequence[Mark], count: int, name: Name) -> Amount | None:
    """How many there are in all: 30구 × 2 are 60, 1단 × 2 are 2단."""
    found = [(mark.amount, mark) for mark in counts if mark.amount]
    if not found:
        return rounded(Decimal(count), Unit.PIECE) if count > 1 else None
    number = Decimal(max(count, 1))
    unit = Unit.PIECE
    for amount, mark in found[:2]:
        one = fitting(amount, mark.size_word, name)
        if mark.size_word == TRAY and len(found) > 1:  # 30구 1판
            one = Amount(amount.number)
        number *= one.number
        unit = one.unit if unit is Unit.PIECE else unit
    return rounded(number, unit)


def _is_amount(mark: Mark) -> bool:
    """An amount that means one: a number alone may be anything, unless it says `x6`."""
    if mark.kind is not Kind.AMOUNT or mark.amount is None:
        return False
    if not mark.is_bare_number:
        return True
    said = mark.said.strip()
    return mark.amount.number <= LARGEST_COUNT and (said[:1] in "x×*X" or said[-1:] in "x×X")


def _is_size(mark: Mark) -> bool:
    return mark.amount is not None and mark.amount.unit.family in SIZES


def _has_words(marks: Sequence[Mark]) -> bool:
    """Whether a line says more than numbers and units."""
    return any(
        mark.kind in (Kind.NAME, Kind.WORD, Kind.NOTE, Kind.PHRASE, Kind.VERB, Kind.SENTENCE_WORD)
        for mark in marks
    )


def _unknown(body: str) -> Thing | None:
    """The name of a line whose food is not known; None where it has no words."""
    said = signs.MEASURE.split(signs.BRACKETED.sub(" ", body), maxsplit=1)[0].strip(" \t*-·•,:")
    if not any(map(str.isalpha, said)):
        return None
    name = typed_name(said)
    return None if name.is_too_long else Thing(name, is_known=False)


def _number(word: str) -> Decimal | None:
    digits = re.sub(r"[^\d.,-]", "", word)
    if not digits.strip(",.-"):
        return None
    if re.fullmatch(r"-?\d+,\d{2}", digits):
        digits = digits.replace(",", ".")
    try:
        return Decimal(digits.replace(",", ""))
    except InvalidOperation:
        return None


def _is_count(number: Decimal) -> bool:
    return 0 < number <= LARGEST_COUNT and number == number.to_integral_value()
