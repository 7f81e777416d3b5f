"""Reads what begins with a sign or a digit: prices, codes, list numbers, days and amounts."""

import re
from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Final

from bot.understanding.reading.marks import Kind
from bot.understanding.reading.particles import split_particle
from bot.understanding.reading.scan import UNTIL, FoundPhrase, Scan, known_name
from bot.understanding.reading.tokens import Sort, Token

CURRENCIES: Final = frozenset("£$€₩₹¥￦")
TIMES: Final = frozenset("x×*")
CHECKED: Final = frozenset({"x", "✓", "✔", "v"})
PRICE_LIKE: Final = re.compile(r"\d{1,3}(?:,\d{3})+|\d+\.\d{2}")
SHORTEST_CODE: Final = 6
LONGEST_LIST_NUMBER: Final = 3
AT_AN_HOUR: Final = frozenset({"시에", "시쯤", "시쯤에"})
MINUTE_DIGITS: Final = 2
PARTS_OF_NO_DATE: Final = 6
PARTS: Final = "분의"
"""4분의 1 is a quarter; 4분 are minutes or people."""
AGO: Final = frozenset({"일전", "주전", "주일전", "달전", "개월전", "년전", "시간전", "분전"})

SIGNS: Final = {
    **dict.fromkeys(",;", Kind.COMMA),
    **dict.fromkeys("/&+|·ㆍ・", Kind.JOIN),
    **dict.fromkeys(".!。…", Kind.STOP),
    **dict.fromkeys("([{", Kind.OPEN),
    **dict.fromkeys(")]}", Kind.CLOSE),
    **dict.fromkeys("-–—•*~>→=", Kind.BULLET),
    ":": Kind.COLON,
    "?": Kind.QUESTION,
    "×": Kind.TIMES,
}


NEGATING: Final = frozenset("❌🚫👎⛔✖✗✘🙅@#%<\\^")
"""Signs that may turn a sentence round, so that the bot asks."""

PLAIN_SIGNS: Final = frozenset(",;?!:)]}-–—~")
"""Signs that are never more than a sign."""


def read_sign(scan: Scan, at: int) -> int:
    """Read a sign; return the token behind what is read."""
    sign = scan.key(at)
    if sign in PLAIN_SIGNS:
        return scan.passed(SIGNS[sign], at, at + 1)
    for match in (_sum_of_money, _days_from_now, _times, _check_box, _point_in_words, _emoji):
        if end := match(scan, at, sign):
            return end
    kind = SIGNS.get(sign)
    if sign in NEGATING:
        return scan.passed(Kind.CODE, at, at + 1)
    if kind is Kind.JOIN and scan.begins_line():
        kind = Kind.BULLET
    return scan.passed(kind, at, at + 1) if kind else at + 1


def read_number(scan: Scan, at: int) -> int:
    """Read what begins with a number; return the token behind it."""
    for match in _matchers(scan, at):
        if end := match(scan, at):
            return end
    found = scan.amounts.read(scan.tokens, at)
    if found is None:
        if scan.key(at) == "0" and scan.word(at + 1) in scan.lexicon.units.korean:
            return scan.spoken(at, FoundPhrase({"zero": ""}, at + 2), korean=True)  # 0개 남았어
        return scan.passed(Kind.CODE, at, at + 1)
    if found.bare and scan.key(at + 1) == "/" and found.amount and _follows_name(scan):
        mark = scan.mark(Kind.SHARE, at, found.end)  # 우유 1/3 남았어
        mark.share = Fraction(found.amount.number).limit_denominator(10)
        return found.end
    is_bare = found.bare and found.end == at + 1
    if is_bare and "." in scan.key(at) and (end := _dotted_day(scan, at)):
        return end
    if is_bare and PRICE_LIKE.fullmatch(scan.key(at)):
        return scan.passed(Kind.PRICE, at, at + 1)
    return scan.counted(at, found)


def _dotted_day(scan: Scan, at: int) -> int:
    """우유 1.5L 12.5, milk 1l 12.24: a day; in English it may be a price, so the bot asks."""
    before = scan.marks[-1] if scan.marks else None
    is_long = len(scan.key(at).partition(".")[2]) > 1
    if before is None:
        return 0
    if before.kind is Kind.NAME:
        has_amount = len(scan.marks) > 1 and scan.marks[-2].kind is Kind.AMOUNT
        if not is_long or not (before.is_korean or has_amount):
            return 0
    elif before.kind is not Kind.AMOUNT:
        return 0
    found = scan.day(at)
    if found is None or found.end != at + 1 or scan.sort(found.end) is Sort.LATIN:
        return 0
    if any(mark.is_korean for mark in scan.marks):
        return scan.dated(at, found)
    if not is_long or any(mark.kind is Kind.LINE for mark in scan.marks):
        return 0
    return scan.passed(Kind.UNREAD_DAY, at, at + 1)


def _follows_name(scan: Scan) -> bool:
    return bool(scan.marks) and scan.marks[-1].kind is Kind.NAME


def _matchers(scan: Scan, at: int) -> Sequence[Callable[[Scan, int], int]]:
    """What a number may begin besides an amount, by what stands beside it."""
    digits = scan.key(at)
    following = scan.tokens[at + 1] if at + 1 < len(scan.tokens) else None
    if scan.marks and scan.marks[-1].kind in AFTER_DATE_WORD:
        return ALL_MATCHERS
    if at and scan.tokens[at - 1].key == "#":
        return ALL_MATCHERS
    if len(digits) > LONGEST_LIST_NUMBER or digits[0] == "0" or not digits.isdecimal():
        return ALL_MATCHERS
    if at and scan.tokens[at - 1].key == "at":
        return ALL_MATCHERS
    if following is None or following.sort is Sort.LINE:
        return ()
    if following.sort is Sort.NUMBER:
        return ()
    if following.sort is Sort.SIGN:
        return () if following.key == "," else ALL_MATCHERS
    if following.sort is Sort.LATIN and following.key in scan.lexicon.units.english:
        return (_name_with_digits,) if _may_begin_name(scan, digits, following) else ()
    return ALL_MATCHERS


def _may_begin_name(scan: Scan, digits: str, following: Token) -> bool:
    letters = digits + following.name_key[:1]
    return any(letters in table.beginnings for table in scan.tables)


def _sum_of_money(scan: Scan, at: int, sign: str) -> int:
    is_price = sign in CURRENCIES and scan.sort(at + 1) is Sort.NUMBER
    return scan.passed(Kind.PRICE, at, at + 2) if is_price else 0


def _days_from_now(scan: Scan, at: int, sign: str) -> int:
    found = scan.dates.read(scan.tokens, at, after_word=False) if sign == "+" else None
    return scan.dated(at, found) if found else 0


def _times(scan: Scan, at: int, sign: str) -> int:
    if sign not in TIMES or scan.sort(at + 1) is not Sort.NUMBER or scan.gap(at + 1):
        return 0
    found = scan.amounts.read(scan.tokens, at)
    return scan.counted(at, found) if found else 0


def _check_box(scan: Scan, at: int, sign: str) -> int:
    is_box = sign in "[(" and scan.key(at + 2) in ("]", ")") and scan.begins_line()
    return at + 3 if is_box and scan.key(at + 1).lower() in CHECKED else 0


def _point_in_words(scan: Scan, at: int, sign: str) -> int:
    """The point of "exp." before a date, and those of www.example.com."""
    if sign != ".":
        return 0
    after_date_word = bool(scan.marks) and scan.marks[-1].kind is Kind.DATE_WORD
    within = scan.sort(at + 1) is Sort.LATIN and not scan.gap(at + 1)
    return at + 1 if after_date_word or within else 0


def _emoji(scan: Scan, at: int, sign: str) -> int:
    name = known_name(scan, sign)
    if name is None:
        return 0
    mark = scan.mark(Kind.NAME, at, at + 1)
    mark.name, mark.role = name, "emoji"
    return at + 1


def _list_number(scan: Scan, at: int) -> int:
    """`1.` at the begin of a line, and the next number of such a list within the line."""
    digits = scan.key(at)
    is_number = (
        digits.isdecimal()
        and len(digits) <= LONGEST_LIST_NUMBER
        and scan.key(at + 1) in (".", ")")
        and not scan.gap(at + 1)
        and scan.sort(at + 2) not in (None, Sort.LINE)
    )
    if not is_number:
        return 0
    begins = scan.begins_line()
    if not begins and int(digits) != scan.listed + 1:
        return 0
    if not (begins or (scan.listed and scan.gap(at))):
        return 0
    scan.listed = int(digits)
    return scan.passed(Kind.BULLET if begins else Kind.COMMA, at, at + 2)


def _name_with_digits(scan: Scan, at: int) -> int:
    found = scan.name(at)
    return scan.named(at, found) if found and found.end > at + 1 else 0


def _hash_code(scan: Scan, at: int) -> int:
    is_code = at > 0 and scan.key(at - 1) == "#" and not scan.gap(at)
    return scan.passed(Kind.CODE, at, at + 1) if is_code else 0


def _time(scan: Scan, at: int) -> int:
    if not _goes_on_as_time(scan, at + 1) or len(scan.key(at)) > MINUTE_DIGITS:
        return 0
    end = at + 1
    while _goes_on_as_time(scan, end):
        end += 2
    return scan.passed(Kind.CODE, at, end)


def _goes_on_as_time(scan: Scan, at: int) -> bool:
    return (
        scan.key(at) == ":"
        and scan.sort(at + 1) is Sort.NUMBER
        and not (scan.gap(at) or scan.gap(at + 1))
        and len(scan.key(at + 1)) == MINUTE_DIGITS
    )


def _ago(scan: Scan, at: int) -> int:
    """3일 전에, 2주전: when it was."""
    said = ""
    for end in (at + 2, at + 3):
        said += scan.word(end - 1)
        if said.removesuffix("에") in AGO:
            return scan.spoken(at, FoundPhrase({"time": ""}, end), korean=True)
    return 0


def _day(scan: Scan, at: int) -> int:
    found = scan.day(at)
    return scan.dated(at, found) if found and scan.is_dated(found) else 0


def _no_day(scan: Scan, at: int) -> int:
    """What stands behind a date word, or before "until", and is no date: 39/17, 13월 45일."""
    end = at
    while end < min(at + PARTS_OF_NO_DATE, len(scan.tokens)) and _is_part_of_date(scan, end, at):
        end += 1
    if scan.word(end) == UNTIL and end > at + 1:
        end += 1  # 99/99까지
    if not (scan.after_date_word() or scan.word(end - 1).endswith(UNTIL)):
        return 0
    return scan.passed(Kind.UNREAD_DAY, at, end) if end > at + 1 else 0


def _is_part_of_date(scan: Scan, at: int, first: int) -> bool:
    if scan.sort(at) is Sort.NUMBER:
        return True
    if at > first and scan.gap(at):
        return False
    return scan.key(at) in ("/", "-", ".") or scan.word(at).startswith(("월", "일", "년"))


def _price(scan: Scan, at: int) -> int:
    """2,980원, 3 dollars."""
    if scan.key(at + 1) in CURRENCIES or scan.key(at + 1) in scan.lexicon.prices:
        return scan.passed(Kind.PRICE, at, at + 2)
    word = scan.word(at + 1)
    if not scan.gap(at + 1) and word in scan.lexicon.prices:
        return scan.passed(Kind.PRICE, at, at + 2)
    return 0


def _no_food(scan: Scan, at: int) -> int:
    """3시, 10am, at 4: hours, people and the like."""
    counters = scan.lexicon.no_food_counters
    word = scan.word(at + 1)
    if word and not scan.gap(at + 1) and word != PARTS:
        stems = (stem for stem, _, _ in split_particle(word, scan.lexicon.particles))
        is_counter = word in counters or any(stem in counters for stem in stems)
        if word in AT_AN_HOUR:
            return scan.spoken(at, FoundPhrase({"time": ""}, at + 2), korean=True)
        return scan.passed(Kind.CODE, at, at + 2) if is_counter else 0
    if scan.sort(at + 1) is Sort.LATIN and scan.key(at + 1) in counters:
        return scan.passed(Kind.CODE, at, at + 2)
    is_hour = scan.key(at - 1) == "at" if at else False
    is_alone = scan.sort(at + 1) not in (Sort.LATIN, Sort.HANGUL)
    return scan.passed(Kind.CODE, at, at + 1) if is_hour and is_alone else 0


def _code(scan: Scan, at: int) -> int:
    """A number that is too long for an amount, begins with 0, or is a percentage."""
    digits = scan.key(at)
    if scan.key(at + 1) == "%":
        return scan.passed(Kind.CODE, at, at + 2)
    begins_with_zero = len(digits) > 1 and digits.startswith("0") and digits.isdecimal()
    is_code = begins_with_zero or (len(digits) >= SHORTEST_CODE and digits.isdecimal())
    return scan.passed(Kind.CODE, at, at + 1) if is_code else 0


ALL_MATCHERS: Final = (
    *(_list_number, _name_with_digits, _hash_code, _time),
    *(_ago, _day, _no_day, _price, _no_food, _code),
)
AFTER_DATE_WORD: Final = frozenset({Kind.DATE_WORD, Kind.COLON, Kind.PHRASE})
