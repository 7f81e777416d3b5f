"""Reads days: `12/24`, `2026-12-24`, and by the words of each language."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from bot.understanding.dates.calendar import Calendar, FoundDate, valid_day
from bot.understanding.dates.english import EnglishDates
from bot.understanding.dates.korean import KoreanDates
from bot.understanding.reading.tokens import Sort, Token, key_at, sort_at
from bot.understanding.words.lexicon import ENGLISH, KOREAN, Lexicon

HALF_PARTS: Final = frozenset({2, 3, 4, 8})
"""1/2 and the like is rather an amount."""
CENTURY: Final = 2000


@dataclass(slots=True)
class DateReader:
    """Reads dates as of a day, `a/b` as month and day where `month_first`."""

    lexicon: Lexicon
    today: date
    month_first: bool
    _calendar: Calendar = field(init=False)
    _korean: KoreanDates = field(init=False)
    _english: EnglishDates = field(init=False)

    def __post_init__(self) -> None:
        self._calendar = Calendar(self.today)
        self._korean = KoreanDates(self.lexicon, self._calendar)
        self._english = EnglishDates(self.lexicon, self._calendar)

    def read(self, tokens: Sequence[Token], start: int, *, after_word: bool) -> FoundDate | None:
        """The date that begins at a token; `after_word`: a date word stands before it."""
        sort = tokens[start].sort
        if sort is Sort.NUMBER:
            return self._digits(tokens, start, after_word=after_word)
        if sort is Sort.HANGUL:
            return self._korean.words(tokens, start)
        if sort is Sort.LATIN:
            return self._english.words(tokens, start)
        return self._plus(tokens, start) if tokens[start].key == "+" else None

    def _digits(self, tokens: Sequence[Token], start: int, *, after_word: bool) -> FoundDate | None:
        number = tokens[start].key
        found = (
            self._korean.digits(tokens, start)
            or self._english.digits(tokens, start, after_word=after_word)
            or self._dotted(number, start)
            or self._signed(tokens, start, after_word=after_word)
        )
        if found or not after_word:
            return found
        day = self._run_together(number)
        return FoundDate(day, start + 1) if day else None

    def _dotted(self, number: str, start: int) -> FoundDate | None:
        """12.24 and 26.12.24."""
        parts = number.split(".")
        if not all(map(str.isdecimal, parts)):
            return None
        if len(parts) == len(("year", "month", "day")):
            day = self._three(parts[0], parts[1], parts[2])
            return FoundDate(day, start + 1) if day else None
        if len(parts) == len(("month", "day")):
            found = self._two(parts[0], parts[1], start + 1)
            return found._replace(is_certain=False) if found else None
        return None

    def _signed(self, tokens: Sequence[Token], start: int, *, after_word: bool) -> FoundDate | None:
        """12/24, 2026-12-24."""
        sign = key_at(tokens, start + 1)
        if sign not in ("-", "/") or sort_at(tokens, start + 2) is not Sort.NUMBER:
            return None
        first, second = tokens[start].key, tokens[start + 2].key
        is_three = key_at(tokens, start + 3) == sign
        if is_three and sort_at(tokens, start + 4) is Sort.NUMBER:
            day = self._three(first, second, tokens[start + 4].key)
            return FoundDate(day, start + 5) if day else None
        is_two = sign == "/" or after_word
        return self._two(first, second, start + 3) if is_two else None

    def _three(self, first: str, second: str, third: str) -> date | None:
        """A year, month and day, in the order that the digits show."""
        if not (first.isdecimal() and second.isdecimal() and third.isdecimal()):
            return None
        if len(first) == 4:
            return valid_day(int(first), int(second), int(third))
        if len(third) == 4:
            return self._ordered(int(third), int(first), int(second))
        if len(third) != 2 or len(first) > 2:
            return None
        year_first = valid_day(CENTURY + int(first), int(second), int(third))
        year_last = self._ordered(CENTURY + int(third), int(first), int(second))
        days = (year_first, year_last) if self.month_first else (year_last, year_first)
        return next((day for day in days if day and self._calendar.is_near(day)), None)

    def _ordered(self, year: int, first: int, second: int) -> date | None:
        if self.month_first:
            return valid_day(year, first, second) or valid_day(year, second, first)
        return valid_day(year, second, first) or valid_day(year, first, second)

    def _two(self, first: str, second: str, end: int) -> FoundDate | None:
        """A month and a day; where one is over 12, it decides."""
        if not (first.isdecimal() and second.isdecimal()) or max(len(first), len(second)) > 2:
            return None
        one, two = int(first), int(second)
        day = self._month_and_day(one, two)
        is_part = one < two and two in HALF_PARTS
        return FoundDate(day, end, is_certain=not is_part) if day else None

    def _month_and_day(self, first: int, second: int) -> date | None:
        month, day = (first, second) if self.month_first else (second, first)
        return self._calendar.month_and_day(month, day) or self._calendar.month_and_day(day, month)

    def _run_together(self, digits: str) -> date | None:
        """1224, 261224, 20261224: only after a date word."""
        if not digits.isdecimal() or len(digits) not in (4, 6, 8):
            return None
        rest, day = int(digits[-4:-2]), int(digits[-2:])
        if len(digits) == 4:
            return self._month_and_day(rest, day)
        year = int(digits[:-4])
        return valid_day(year if len(digits) == 8 else CENTURY + year, rest, day)

    def _plus(self, tokens: Sequence[Token], start: int) -> FoundDate | None:
        """+3d."""
        number, unit = key_at(tokens, start + 1), key_at(tokens, start + 2)
        spans = self.lexicon.days[ENGLISH].spans
        days = spans.get(unit) or (1 if unit == self.lexicon.days[KOREAN].day_word else 0)
        if not days or not number.isdecimal():
            return None
        day = self._calendar.later(int(number[:5]) * days)
        return FoundDate(day, start + 3) if day else None
