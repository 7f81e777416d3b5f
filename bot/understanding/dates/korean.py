"""Reads Korean days: `12월 24일`, `24일`, `3일 뒤`, `다음 주 금요일`, `월말`."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from bot.understanding.dates.calendar import MONTHS, WEEK, Calendar, FoundDate, valid_day
from bot.understanding.reading.tokens import Sort, Token, key_at, sort_at
from bot.understanding.words.lexicon import KOREAN, Days, Lexicon

UNITS: Final = (("개월", 30), ("주일", WEEK), ("주", WEEK), ("일", 1), ("달", 30))
LONGEST_WORD: Final = 6
LONGEST_NUMBER: Final = 4
DAYS_OF_MONTH: Final = 31
CENTURY: Final = 2000
UNTIL: Final = "까지"


@dataclass(slots=True)
class KoreanDates:
    """Reads days in Korean."""

    lexicon: Lexicon
    calendar: Calendar

    @property
    def _days(self) -> Days:
        return self.lexicon.days[KOREAN]

    def digits(self, tokens: Sequence[Token], start: int) -> FoundDate | None:
        """The day that begins with a number."""
        word = _word(tokens, start + 1)
        digits = tokens[start].key
        if not word or not digits.isdecimal() or len(digits) > LONGEST_NUMBER:
            return None
        number = int(digits)
        if word.startswith("년"):
            return self._year(number, tokens, start + 2)
        if word.startswith("월"):
            return self._month(number, word, tokens, start + 2)
        return self._counted(number, word, tokens, start + 2)

    def words(self, tokens: Sequence[Token], start: int) -> FoundDate | None:
        """The day that begins with a word."""
        word = tokens[start].key
        if word[:2] not in self.lexicon.day_beginnings:
            return None
        for length in range(min(LONGEST_WORD, len(word)), 0, -1):
            head, rest = word[:length], word[length:]
            found = (
                self._month_end(head, rest, tokens, start)
                or self._weekday_of_week(head, rest, tokens, start)
                or self._named(head, rest, tokens, start)
            )
            if found:
                return found
        return None

    def _year(self, number: int, tokens: Sequence[Token], at: int) -> FoundDate | None:
        """2026년 12월 24일."""
        found = self.digits(tokens, at) if sort_at(tokens, at) is Sort.NUMBER else None
        if found is None:
            return None
        year = number if number > CENTURY else CENTURY + number
        day = valid_day(year, found.day.month, found.day.day)
        return found._replace(day=day) if day else None

    def _month(self, month: int, word: str, tokens: Sequence[Token], at: int) -> FoundDate | None:
        """12월 24일, 12월 말."""
        if not 1 <= month <= MONTHS:
            return None
        if word.startswith("월말"):
            return FoundDate(self.calendar.end_of(month), at, word[2:])
        if word != "월":
            return None
        if _word(tokens, at).startswith("말"):
            return FoundDate(self.calendar.end_of(month), at + 1, tokens[at].key[1:])
        number, behind = key_at(tokens, at), _word(tokens, at + 1)
        if not number.isdecimal() or not behind.startswith("일"):
            return None
        day = self.calendar.month_and_day(month, int(number[:3]))
        return FoundDate(day, at + 2, behind[1:]) if day else None

    def _counted(
        self, number: int, word: str, tokens: Sequence[Token], at: int
    ) -> FoundDate | None:
        """3일 뒤, 2주 후; 24일."""
        for unit, days in UNITS:
            if word.startswith(unit):
                rest = word.removeprefix(unit)
                if found := self._later(number * days, rest, tokens, at):
                    return found
                if unit == self._days.day_word and 1 <= number <= DAYS_OF_MONTH:
                    day = self.calendar.day_of_month(number)
                    return FoundDate(day, at, rest) if day else None
        return None

    def _later(self, days: int, rest: str, tokens: Sequence[Token], end: int) -> FoundDate | None:
        """So many days from now, where a word says "from now" (뒤, 후)."""
        day = self.calendar.later(days)
        if day is None:
            return None
        said = rest or _word(tokens, end)
        end = end if rest else end + 1
        for word in self.lexicon.days_after:
            if said.startswith(word):
                behind = said.removeprefix(word) or (UNTIL if word.endswith(UNTIL) else "")
                return FoundDate(day, end, behind)
        return None

    def _month_end(
        self, head: str, rest: str, tokens: Sequence[Token], start: int
    ) -> FoundDate | None:
        """월말, 다음 달 말."""
        ends = self._days.ends
        if head in ends:
            return FoundDate(self.calendar.month_end(ends[head]), start + 1, rest)
        letters = head
        for index in range(start + 1, start + 3 if not rest else start):
            word = _word(tokens, index)
            if letters + word in ends:  # 다음 달까지
                return FoundDate(self.calendar.month_end(ends[letters + word]), index + 1)
            if letters + word[:1] in ends:
                months = ends[letters + word[:1]]
                return FoundDate(self.calendar.month_end(months), index + 1, word[1:])
            letters += word
        return None

    def _weekday_of_week(
        self, head: str, rest: str, tokens: Sequence[Token], start: int
    ) -> FoundDate | None:
        """다음주 금요일, 다음 주 금요일."""
        weeks = self._days.weeks
        following = _word(tokens, start + 1)
        if head in weeks:
            said, end = (rest, start + 1) if rest else (following, start + 2)
            return self._weekday(weeks[head], said, end)
        longer = head + following[:1]
        if rest or longer not in weeks:
            return None
        said, end = following[1:], start + 2
        if not said:
            said, end = _word(tokens, start + 2), start + 3
        return self._weekday(weeks[longer], said, end)

    def _weekday(self, weeks: int, said: str, end: int) -> FoundDate | None:
        for name, weekday in self._days.weekdays.items():
            if said.startswith(name):
                day = self.calendar.weekday_of_week(weeks, weekday)
                return FoundDate(day, end, said.removeprefix(name))
        return None

    def _named(self, head: str, rest: str, tokens: Sequence[Token], start: int) -> FoundDate | None:
        """금요일, 일주일 뒤, 내일."""
        days = self._days
        if head in days.weekdays:
            day = self.calendar.weekday(days.weekdays[head])
            return FoundDate(day, start + 1, rest, is_certain=False)
        if head in days.spans:
            return self._later(days.spans[head], rest, tokens, start + 1)
        apart = head + _word(tokens, start + 1)
        if not rest and apart in days.spans:  # 한 달 뒤
            return self._later(days.spans[apart], "", tokens, start + 2)
        if head not in days.days:
            return None
        longer = head + _word(tokens, start + 1)
        if not rest and longer in days.days and longer != head:  # 내일 모레
            later = self.calendar.later(days.days[longer])
            return FoundDate(later, start + 2, is_certain=False) if later else None
        later = self.calendar.later(days.days[head])
        return FoundDate(later, start + 1, rest, is_certain=False) if later else None


def _word(tokens: Sequence[Token], at: int) -> str:
    return key_at(tokens, at) if sort_at(tokens, at) is Sort.HANGUL else ""
