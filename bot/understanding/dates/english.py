"""Reads English days: `24 Dec`, `Dec 24th`, `next friday`, `in 3 days`, `end of the month`."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from bot.understanding.dates.calendar import WEEK, Calendar, FoundDate, valid_day
from bot.understanding.reading.tokens import Sort, Token, key_at, sort_at
from bot.understanding.words.lexicon import ENGLISH, Days, Lexicon

ORDINALS: Final = frozenset({"st", "nd", "rd", "th"})
LONGEST_PHRASE: Final = 5
LONGEST_DAY: Final = 2
LONGEST_COUNT: Final = 3


@dataclass(slots=True)
class EnglishDates:
    """Reads days in English."""

    lexicon: Lexicon
    calendar: Calendar

    @property
    def _days(self) -> Days:
        return self.lexicon.days[ENGLISH]

    def digits(self, tokens: Sequence[Token], start: int, *, after_word: bool) -> FoundDate | None:
        """The day that begins with a number: 24 Dec, 24th of December; after a word: 3 days."""
        digits = tokens[start].key
        if not digits.isdecimal() or len(digits) > LONGEST_COUNT:
            return None
        number = int(digits)
        at = start + 1
        is_ordinal = key_at(tokens, at) in ORDINALS and not tokens[at].gap
        at += is_ordinal
        if month := self._days.months.get(key_at(tokens, at + (key_at(tokens, at) == "of"))):
            day = self.calendar.month_and_day(month, number)
            return _with_year(day, tokens, at + (key_at(tokens, at) == "of") + 1) if day else None
        if is_ordinal and (of_month := self.calendar.day_of_month(number)):
            return FoundDate(of_month, at, is_certain=False)
        span = self._days.spans.get(key_at(tokens, at), 0) if after_word else 0
        later = self.calendar.later(number * span) if span else None
        return FoundDate(later, at + 1, is_certain=False) if later else None

    def words(self, tokens: Sequence[Token], start: int) -> FoundDate | None:
        """The day that begins with a word."""
        word = tokens[start].key
        if word not in self.lexicon.first_day_words:
            return None
        return (
            self._phrase(tokens, start)
            or self._of_week(word, tokens, start)
            or self._counted(word, tokens, start)
            or self._month(word, tokens, start)
        )

    def _phrase(self, tokens: Sequence[Token], start: int) -> FoundDate | None:
        """Tomorrow, the day after tomorrow, end of the month."""
        letters, best = "", None
        for index in range(start, min(start + LONGEST_PHRASE, len(tokens))):
            if tokens[index].sort is not Sort.LATIN:
                break
            letters += tokens[index].key
            if letters in self._days.days:
                day = self.calendar.later(self._days.days[letters])
                best = FoundDate(day, index + 1, is_certain=False) if day else None
            elif letters in self._days.ends:
                best = FoundDate(self.calendar.month_end(self._days.ends[letters]), index + 1)
        return best

    def _of_week(self, word: str, tokens: Sequence[Token], start: int) -> FoundDate | None:
        """Friday, next friday, next week."""
        following = key_at(tokens, start + 1)
        days = self._days
        if word in days.weeks and following in days.weekdays:
            day = self.calendar.weekday_of_week(days.weeks[word], days.weekdays[following])
            return FoundDate(day, start + 2, is_certain=False)
        if word in days.weekdays:
            weekday = self.calendar.weekday(days.weekdays[word])
            return FoundDate(weekday, start + 1, is_certain=False)
        in_a_week = self.calendar.later(WEEK)
        if (word, following) == ("next", "week") and in_a_week:
            return FoundDate(in_a_week, start + 2, is_certain=False)
        return None

    def _counted(self, word: str, tokens: Sequence[Token], start: int) -> FoundDate | None:
        """In 3 days, in a week; D-3."""
        number, unit = key_at(tokens, start + 1), key_at(tokens, start + 2)
        if word == "d" and number == "-" and unit.isdecimal() and not tokens[start + 1].gap:
            day = self.calendar.later(int(unit[:5]))
            return FoundDate(day, start + 3) if day else None
        span = self._days.spans.get(unit, 0) if word == "in" and len(unit) > 1 else 0
        words = self.lexicon.number_words.meanings.get(number, {})
        count = int(number[:4]) if number.isdecimal() else int(words.get("number", 0))
        later = self.calendar.later(count * span) if count and span else None
        return FoundDate(later, start + 3) if later else None

    def _month(self, word: str, tokens: Sequence[Token], start: int) -> FoundDate | None:
        """Dec 24th; the 24th."""
        number = key_at(tokens, start + 1)
        if not number.isdecimal() or len(number) > LONGEST_DAY:
            return None
        end = start + 2
        is_ordinal = key_at(tokens, end) in ORDINALS and not tokens[end].gap
        if word == "the":
            found = self.digits(tokens, start + 1, after_word=False) if is_ordinal else None
            return found._replace(is_certain=False) if found else None
        if word not in self._days.months:
            return None
        day = self.calendar.month_and_day(self._days.months[word], int(number))
        end += is_ordinal
        end += key_at(tokens, end) == "," and _is_year(key_at(tokens, end + 1))
        return _with_year(day, tokens, end) if day else None


def _with_year(day: date, tokens: Sequence[Token], at: int) -> FoundDate:
    """The day, in the year that stands behind it."""
    year = key_at(tokens, at)
    exact = valid_day(int(year), day.month, day.day) if _is_year(year) else None
    if exact:
        return FoundDate(exact, at + 1)
    is_point = key_at(tokens, at) == "." and not tokens[at].gap and at + 1 < len(tokens)
    return FoundDate(day, at + 1 if is_point and sort_at(tokens, at + 1) is Sort.NUMBER else at)


def _is_year(word: str) -> bool:
    return len(word) == len("2026") and word.isdecimal() and word.startswith("20")
