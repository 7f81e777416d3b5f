"""Reads receipts and order mails: their foods, without prices, sums, codes and shops."""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from bot.understanding.deciding.items import Item, gather
from bot.understanding.meaning import Thing
from bot.understanding.reading.marks import Kind, Mark
from bot.understanding.words.lexicon import Lexicon

FEWEST_LINES: Final = 3
FEWEST_PRICES: Final = 2
LARGEST_BARE_AMOUNT: Final = 99
LONGEST_NO_FOOD: Final = 4
FIRST_WORDS: Final = 3
PRICE_LIKE: Final = re.compile(r"\d{1,3}(?:,\d{3})+|\d+\.\d{2}")
WORD: Final = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
OF_A_FOOD: Final = frozenset({Kind.NAME, Kind.AMOUNT, Kind.PRICE})
PASSED_OVER: Final = frozenset(
    {Kind.CODE, Kind.PRICE, Kind.DAY, Kind.VERB, Kind.DATE_WORD, Kind.COLON, Kind.BULLET}
)


def is_receipt(marks: Sequence[Mark]) -> bool:
    """Tell whether several lines have prices."""
    lines = _lines(marks)
    if len(lines) < FEWEST_LINES:
        return False
    return sum(any(map(_is_price, line)) for line in lines) >= FEWEST_PRICES


def read_receipt(marks: Sequence[Mark], text: str, lexicon: Lexicon) -> tuple[list[Thing], int]:
    """The known foods of a receipt, and how many lines have none."""
    things: list[Thing] = []
    left_out = 0
    for line in _lines(marks):
        said = text[line[0].start : line[-1].end]
        is_food = all(mark.kind in OF_A_FOOD for mark in line) or not _is_no_food(
            said, line, lexicon
        )
        found = _foods(line, text) if is_food else []
        left_out += not found
        things += found
    return things, left_out


def _foods(line: Sequence[Mark], text: str) -> list[Thing]:
    """The known food of a line. The longest name counts: others describe it."""
    kept: list[Mark] = []
    depth = 0
    for mark in line:
        depth = max(0, depth + (mark.kind is Kind.OPEN) - (mark.kind is Kind.CLOSE))
        if depth or _is_price(mark) or mark.kind in PASSED_OVER:
            continue
        if mark.kind is Kind.AMOUNT and mark.is_bare_number and not _is_count(mark, text):
            continue
        is_between = mark.kind in (Kind.COMMA, Kind.JOIN) and bool(kept)
        if is_between or mark.kind in (Kind.NAME, Kind.AMOUNT, Kind.NOTE):
            kept.append(mark)
    names = [mark for mark in kept if mark.kind is Kind.NAME]
    if not names:
        return []
    longest = max(names, key=lambda mark: (len(mark.said), -mark.start))
    single = [mark for mark in kept if mark.kind is not Kind.NAME or mark is longest]
    joined = [mark for mark in single if mark.kind not in (Kind.COMMA, Kind.JOIN)]
    if longest.name and longest.role == "" and all(mark.kind in OF_A_FOOD for mark in joined):
        item = Item(longest.name, is_known=True, start=longest.start, end=longest.end, part=0)
        item.amounts = [mark for mark in joined if mark is not longest]
        return [item.as_thing()]
    found = gather(joined, text)
    return [
        replace(thing, lot=replace(thing.lot, best_before=None))
        for thing in found.things()
        if thing.is_known
    ][:1]


def _is_count(mark: Mark, text: str) -> bool:
    """x6, 6x, ×6; a number alone may be anything."""
    if mark.amount is None or mark.amount.number > LARGEST_BARE_AMOUNT:
        return False
    before = text[mark.start - 1 : mark.start]
    return mark.said[:1] in "x×*X" or mark.said[-1:] in "xX" or before in ("x", "X", "×")


def _is_no_food(said: str, line: Sequence[Mark], lexicon: Lexicon) -> bool:
    """Whether a line begins with a word of sums, payments or shops."""
    table = lexicon.receipt_words
    words = WORD.findall(said.lower())
    has_name_first = bool(line) and line[0].kind is Kind.NAME
    for begin in range(min(len(words), FIRST_WORDS)):
        letters = ""
        for word in words[begin : begin + LONGEST_NO_FOOD]:
            letters += word
            if letters in table.meanings and (begin == 0 or not has_name_first):
                return True
    return False


def _is_price(mark: Mark) -> bool:
    if mark.kind is Kind.PRICE:
        return True
    is_number = mark.kind is Kind.CODE or (mark.kind is Kind.AMOUNT and mark.is_bare_number)
    return is_number and PRICE_LIKE.fullmatch(mark.said.strip()) is not None


def _lines(marks: Sequence[Mark]) -> list[list[Mark]]:
    lines: list[list[Mark]] = [[]]
    for mark in marks:
        if mark.kind is Kind.LINE:
            lines.append([])
        else:
            lines[-1].append(mark)
    return [line for line in lines if line]
