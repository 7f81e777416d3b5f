"""Reads words in Latin letters: names, phrases, numbers and days."""

from decimal import Decimal
from typing import Final

from bot.understanding.dates.calendar import FoundDate
from bot.understanding.reading.marks import Kind
from bot.understanding.reading.numbers_and_units import rounded
from bot.understanding.reading.scan import FoundPhrase, Scan
from bot.understanding.reading.tokens import Sort
from fridge.lots import Unit, UnitFamily

BETWEEN: Final = frozenset({":", ".", "is", "on", "the", "by", "=", "-"})
"""What may stand between a date word and the date."""
BEFORE_STATES: Final = frozenset({Kind.AMOUNT, Kind.COMMA, Kind.JOIN, Kind.LINE, Kind.STOP})
OF_OURS: Final = frozenset({"the", "my", "our", "these", "those", "ur"})
LONGEST_PAIR: Final = 4
TWO: Final = Decimal(2)
SIZES: Final = frozenset({UnitFamily.MASS, UnitFamily.VOLUME})


def read_latin(scan: Scan, at: int) -> int:
    """Read a word, with those that belong to it; return the token behind them."""
    if end := _size_of_container(scan, at) or _list_letter(scan, at) or _kiss(scan, at):
        return end
    if end := _both(scan, at):
        return end
    phrase = scan.phrase(at)
    if (end := _state(scan, at, phrase)) > 0:
        return scan.noted(at, end)
    name = scan.name(at)
    name_end = name.end if name else 0
    longest = max(phrase.end, name_end)
    date_end = scan.date_word(at)
    if date_end and (scan.key(date_end - 1), scan.key(date_end)) == ("end", "of"):
        date_end -= 1  # best before end of the month
    if date_end and date_end >= longest and _leads_to_day(scan, date_end):
        return scan.passed(Kind.DATE_WORD, at, date_end)
    day = scan.day(at) if scan.key(at) in scan.lexicon.first_day_words else None
    if day and day.end > name_end and (day.is_certain or scan.after_date_word()):
        return scan.dated(at, day)
    counted = scan.amounts.read(scan.tokens, at)
    if counted and counted.end >= longest:
        return scan.counted(at, counted)
    if name and name_end >= phrase.end:
        end = scan.note_before_name(at, name_end)
        return scan.noted(at, end) if end else scan.named(at, name)
    return _other(scan, at, phrase, day)


def _list_letter(scan: Scan, at: int) -> int:
    """`a)` at the begin of a line, and the next letter of such a list within the line."""
    letter = scan.key(at)
    is_letter = len(letter) == 1 and letter.isascii() and scan.key(at + 1) in (".", ")")
    if not is_letter or scan.gap(at + 1) or scan.sort(at + 2) in (None, Sort.LINE):
        return 0
    number = ord(letter) - ord("a") + 1
    begins = scan.begins_line()
    if not begins and not (scan.listed and scan.gap(at) and number == scan.listed + 1):
        return 0
    scan.listed = number
    return scan.passed(Kind.BULLET if begins else Kind.COMMA, at, at + 2)


def _both(scan: Scan, at: int) -> int:
    """Two of a thing: both onions; but both milk and eggs, and both of us."""
    if scan.key(at) != "both" or scan.phrase(at).end:
        return 0
    end = at + 1 + (scan.key(at + 1) == "of")
    end += scan.key(end) in OF_OURS
    for following in range(end, min(end + LONGEST_PAIR, len(scan.tokens))):
        if scan.key(following) in ("and", "&", "n", ","):
            return scan.spoken(at, FoundPhrase({"filler": ""}, at + 1))
    mark = scan.mark(Kind.AMOUNT, at, end)
    mark.amount = rounded(TWO, Unit.PIECE)
    return end


def _kiss(scan: Scan, at: int) -> int:
    """The x at the end of a line, which says nothing."""
    is_last = scan.key(at) == "x" and scan.sort(at + 1) in (None, Sort.LINE)
    return scan.spoken(at, FoundPhrase({"filler": ""}, at + 1)) if is_last and scan.marks else 0


def _other(scan: Scan, at: int, phrase: FoundPhrase, day: FoundDate | None) -> int:
    """A phrase, a note, a day in passing, or a word that is not known."""
    if not phrase.end and (end := scan.note(at)):
        return scan.noted(at, end)
    if not phrase.end and day:
        phrase = FoundPhrase({"on_day": ""}, day.end)
    return scan.spoken(at, phrase) if phrase.end else scan.passed(Kind.WORD, at, at + 1)


def _state(scan: Scan, at: int, phrase: FoundPhrase) -> int:
    """The end of a state before a name, that else is said of one: rotten tomatoes."""
    if not phrase.meanings.get("verb", "").startswith("bad") or phrase.end != at + 1:
        return 0
    end = scan.note(at)
    is_between = not scan.marks or scan.marks[-1].kind in BEFORE_STATES or scan.marks[-1].phrase
    if end != phrase.end or not is_between or scan.sort(end) is not Sort.LATIN:
        return 0
    return end if scan.name(end) else 0


def _size_of_container(scan: Scan, at: int) -> int:
    """The token behind a container whose size is said before it: 2 x 400g tins tomatoes; or 0."""
    if len(scan.marks) < 2 or scan.key(at) not in scan.lexicon.units.english:  # noqa: PLR2004
        return 0
    unit, factor = scan.lexicon.units.english[scan.key(at)]
    number, size = scan.marks[-2:]
    if size.kind is not Kind.AMOUNT or number.kind is not Kind.AMOUNT or not number.is_bare_number:
        return 0
    is_size = size.amount is not None and size.amount.unit.family in SIZES
    if not is_size or unit.family is not UnitFamily.CONTAINERS or number.amount is None:
        return 0
    number.amount = rounded(number.amount.number * factor, unit)
    number.size_word = scan.key(at)
    return at + 1


def _leads_to_day(scan: Scan, at: int) -> bool:
    """Whether a day or a number stands behind a date word, such as "by" and "until"."""
    while scan.key(at) in BETWEEN:
        at += 1
    if at >= len(scan.tokens):
        return False
    is_number = scan.sort(at) is Sort.NUMBER
    return is_number or scan.dates.read(scan.tokens, at, after_word=True) is not None
