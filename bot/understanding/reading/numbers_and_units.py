"""Reads numbers with their units: `2 l`, `두 개`, `half a dozen`, `삼백그램`."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from functools import lru_cache
from typing import Final, NamedTuple

from bot.understanding.reading.known_names import KnownNames
from bot.understanding.reading.particles import split_particle
from bot.understanding.reading.tokens import Sort, Token, key_at
from bot.understanding.words.lexicon import Lexicon
from fridge.lots import MOST, Amount, Unit

SMALLEST: Final = Decimal("0.001")
MOST_DIGITS: Final = 12
LONGEST_SIGN: Final = 3
"""A longer unit is a word: pint; not ml."""
SHORTEST_OF_NAME: Final = 3
"""A shorter unit is only a sign, and no word of a name."""
N_PACK: Final = "n-pack"
HALF: Final = Decimal("0.5")
HALVES: Final = frozenset({"반", "절반"})
N_PACKS: Final = frozenset({"pack", "pk"})
_TIMES: Final = frozenset("x×*✕X")


class Counted(NamedTuple):
    """An amount, the token behind it, and what stands behind the counter in the same word.

    `is_counted`: with a number in words or a counter. `rest` begins at `rest_at` in the text.
    `unit_word` is the counter as typed. `share`: a part of what there is.
    """

    amount: Amount | None
    end: int
    rest: str = ""
    unit_word: str = ""
    share: Fraction | None = None
    bare: bool = False


@dataclass(frozen=True, slots=True)
class AmountReader:
    """Reads amounts in the units of the lexicon.

    Args:
        lexicon: has the units.
        names: what is a name is no unit, such as the glass of glass noodles.
        american: a pint is the American one.
    """

    lexicon: Lexicon
    names: KnownNames
    american: bool = False

    def read(self, tokens: Sequence[Token], start: int) -> Counted | None:
        """The amount that begins at a token."""
        token = tokens[start]
        if token.sort is Sort.NUMBER:
            return self._digits(tokens, start)
        if token.sort is Sort.HANGUL:
            return self._korean_words(tokens, start)
        if token.sort is Sort.LATIN:
            return self._english_words(tokens, start)
        if token.key in _TIMES and start + 1 < len(tokens):
            return self._times(tokens, start)
        return None

    def _times(self, tokens: Sequence[Token], start: int) -> Counted | None:
        """×3, x 3."""
        following = tokens[start + 1]
        if following.sort is not Sort.NUMBER:
            return None
        return self._digits(tokens, start + 1)

    def _digits(self, tokens: Sequence[Token], start: int) -> Counted | None:
        value, at = self._number(tokens, start)
        if value is None:
            return None
        if at + 1 < len(tokens) and tokens[at].key == "분의" and tokens[at + 1].sort is Sort.NUMBER:
            part = decimal(tokens[at + 1].key)  # 3분의 1
            if part and part < value:
                return Counted(None, at + 2, share=Fraction(int(part), int(value)))
        if halved := self._and_a_half(tokens, at):
            return self._with_unit(value + HALF, tokens, halved)
        if (packed := self._n_pack(tokens, at)) and value > 1:
            return _counted(value, Unit.PIECE, packed, "", N_PACK)
        if (
            at < len(tokens)
            and tokens[at].key in _TIMES
            and at + 1 < len(tokens)
            and tokens[at + 1].sort is not Sort.NUMBER
            and (not tokens[at].gap or tokens[at + 1].gap)
        ):
            at += 1  # 3x, 3 x milk
        return self._with_unit(value, tokens, at)

    def _n_pack(self, tokens: Sequence[Token], at: int) -> int:
        """The token behind "-pack", which makes a number of them one pack of so many; or 0."""
        if at < len(tokens) and tokens[at].key == "-" and not tokens[at].gap:
            at += 1
        return at + 1 if at < len(tokens) and tokens[at].key in N_PACKS else 0

    def _number(self, tokens: Sequence[Token], start: int) -> tuple[Decimal | None, int]:
        """A number in digits: 1,000, 1.5, 1/2, 1 1/2, 5~6 (the lower one)."""
        value = decimal(tokens[start].key)
        at = start + 1
        if value is None:
            return None, at
        if _is_fraction(tokens, at):
            denominator = decimal(tokens[at + 1].key)
            if denominator and value < denominator <= 10:
                return (value / denominator).quantize(SMALLEST), at + 2
        if (
            at + 2 < len(tokens)
            and tokens[at].sort is Sort.NUMBER
            and tokens[at].gap
            and _is_fraction(tokens, at + 1)
        ):
            numerator, denominator = decimal(tokens[at].key), decimal(tokens[at + 2].key)
            if numerator and denominator and numerator < denominator <= 10:
                return value + (numerator / denominator).quantize(SMALLEST), at + 3
        if (
            at + 1 < len(tokens)
            and tokens[at].key in "~-–"
            and tokens[at + 1].sort is Sort.NUMBER
            and not tokens[at + 1].gap
        ):
            return value, at + 2
        return value, at

    def _with_unit(self, value: Decimal, tokens: Sequence[Token], at: int) -> Counted | None:
        if at < len(tokens):
            token = tokens[at]
            if token.sort is Sort.HANGUL and (counter := self._counter(token.key)):
                return self._in_counter(value, tokens, at, counter)
            found = self._english_unit(tokens, at) if token.sort is Sort.LATIN else None
            if found and not self._begins_name(tokens, at):
                unit, factor, end = found
                if halved := self._and_a_half(tokens, end):
                    following = tokens[halved].key if halved < len(tokens) else "of"
                    if following == "of":  # a kilo and a half of potatoes
                        value, end = value + HALF, halved
                return _counted(value * factor, unit, end, "", token.key)
        counted = _counted(value, Unit.PIECE, at, "", "")
        return counted._replace(bare=True) if counted else None

    def _begins_name(self, tokens: Sequence[Token], at: int) -> bool:
        if at + 1 >= len(tokens) or tokens[at + 1].sort is not Sort.LATIN:
            return False
        if len(tokens[at].key) < SHORTEST_OF_NAME:
            return False  # 500 g in the freezer is no gin
        return self.names.find(tokens[at].name_key + tokens[at + 1].name_key) is not None

    def _korean_words(self, tokens: Sequence[Token], start: int) -> Counted | None:
        word = tokens[start].key
        if word[0] not in self.lexicon.number_syllables:
            return None
        if share := self._korean_share(tokens, start):
            return share
        whole = self.lexicon.counted.get(word)
        following = tokens[start + 1] if start + 1 < len(tokens) else None
        number = self._spoken(word)
        if number is not None and following is not None and following.sort is Sort.HANGUL:
            counter = self._counter_of(word, following.key)
            if counter and (
                len(following.key) > counter[2]
                or following.key[: counter[2]] not in ("대", "손", "과", "채", "점")
            ):
                return self._in_counter(number, tokens, start + 1, counter)
        if whole is None:
            for stem, particle, _ in split_particle(word, self.lexicon.particles):
                if found := self.lexicon.counted.get(stem):
                    return _counted(found, Unit.PIECE, start + 1, particle, "")
        if whole is not None:
            counted = _counted(whole, Unit.PIECE, start + 1, "", "")
            return counted._replace(bare=True) if counted else None
        return self._joined_with_half(tokens, start)

    def _joined_with_half(self, tokens: Sequence[Token], start: int) -> Counted | None:
        """A number and its counter in one word, with a half behind it: 한근 반."""
        counted = self.joined(tokens[start].key)
        if counted is None:
            return None
        if not counted.rest and counted.amount and (end := self._half_behind(tokens, start + 1)):
            factor = self.lexicon.units.korean[counted.unit_word][1]
            number = counted.amount.number + HALF * factor
            return _counted(number, counted.amount.unit, end[0], end[1], counted.unit_word)
        return counted._replace(end=start + 1)

    def _in_counter(
        self, number: Decimal, tokens: Sequence[Token], at: int, counter: tuple[Unit, Decimal, int]
    ) -> Counted | None:
        """A number of a Korean counter at `at`, with a half behind it: 한 근 반."""
        unit, factor, length = counter
        word, rest, end = tokens[at].key[:length], tokens[at].key[length:], at + 1
        if rest in HALVES:
            number, rest = number + HALF, ""  # 한 근반
        elif not rest and (behind := self._half_behind(tokens, at + 1)):
            number, (end, rest) = number + HALF, behind
        return _counted(number * factor, unit, end, rest, word)

    def _half_behind(self, tokens: Sequence[Token], at: int) -> tuple[int, str] | None:
        """The token behind 반, and the particle on it; None where it is half of something else."""
        if at >= len(tokens) or tokens[at].sort is not Sort.HANGUL:
            return None
        word = tokens[at].key
        if word in HALVES:
            return None if self._counter(key_at(tokens, at + 1)) else (at + 1, "")
        for stem, particle, role in split_particle(word, self.lexicon.particles):
            if stem in HALVES and role != "place":
                return at + 1, particle
        return None

    def _and_a_half(self, tokens: Sequence[Token], at: int) -> int:
        """The token behind "and a half"; 0 where there is none."""
        words = [token.key for token in tokens[at : at + 3]]
        return at + 3 if words == ["and", "a", "half"] else 0

    def _korean_share(self, tokens: Sequence[Token], start: int) -> Counted | None:
        """반, 절반만; not 반 모."""
        word = tokens[start].key
        meanings = self.lexicon.number_words.meanings
        if share := meanings.get(word, {}).get("share"):
            if word in self.lexicon.counting and self._counter(key_at(tokens, start + 1)):
                return None
            return Counted(None, start + 1, share=_share(share))
        for stem, particle, role in split_particle(word, self.lexicon.particles):
            share = meanings.get(stem, {}).get("share")
            if share and role != "place":
                return Counted(None, start + 1, particle, share=_share(share))
        return None

    def joined(self, word: str) -> Counted | None:
        """A number and its counter in one word: 두개, 한단, 삼백그램, 하나도."""
        if word[0] not in self.lexicon.number_syllables:
            return None
        for length in range(min(6, len(word) - 1), 0, -1):
            if word[length] not in self.lexicon.counter_syllables:
                continue
            number = self._spoken(word[:length])
            if number is None:
                continue
            counter = self._counter_of(word[:length], word[length:])
            if counter:
                unit, factor, size = counter
                return _counted(
                    number * factor, unit, 1, word[length + size :], word[length : length + size]
                )
        return None

    def _spoken(self, word: str) -> Decimal | None:
        """A Korean number in words: 두, 열두, 스물다섯, 삼백, 천오백."""
        counting = self.lexicon.counting
        value = counting.get(word)
        if value is not None:
            return value
        for length in (1, 2):
            tens = counting.get(word[:length])
            if tens is not None and tens >= 10 and tens % 10 == 0:
                ones = counting.get(word[length:])
                if ones is not None and 0 < ones < 10:
                    return tens + ones
        return self._sino(word)

    def _sino(self, word: str) -> Decimal | None:
        if len(word) > 8 or not word:
            return None
        total, digit, powers = 0, 0, False
        for syllable in word:
            if value := self.lexicon.digits.get(syllable):
                if digit:
                    return None
                digit = value
            elif power := self.lexicon.powers.get(syllable):
                total += (
                    (digit or 1) * power
                    if power < 10_000
                    else ((total + digit) or 1) * power - total
                )
                digit, powers = 0, True
            else:
                return None
        return Decimal(total + digit) if powers or len(word) == 1 else None

    def _counter_of(self, number: str, word: str) -> tuple[Unit, Decimal, int] | None:
        """The counter that a word begins with; 이모 is an aunt, since two are 두 모."""
        counter = self._counter(word)
        is_counted_otherwise = number in self.lexicon.digits and counter and counter[2] == 1
        return None if is_counted_otherwise else counter

    def _counter(self, word: str) -> tuple[Unit, Decimal, int] | None:
        for length in range(min(5, len(word)), 0, -1):
            if found := self.lexicon.units.korean.get(word[:length]):
                return found[0], found[1], length
        return None

    def _english_words(self, tokens: Sequence[Token], start: int) -> Counted | None:
        if (
            tokens[start].key in _TIMES
            and start + 1 < len(tokens)
            and tokens[start + 1].sort is Sort.NUMBER
        ):
            return self._digits(tokens, start + 1)
        found = self._english_number(tokens, start)
        if found is None:
            return self._container(tokens, start)
        value, share, end = found
        if share is not None:
            if tokens[end - 1].key in ("a", "an") and not self._share_of_unit(tokens, end, share):
                return _counted(_as_decimal(share), Unit.PIECE, end, "", "")  # half an onion
            inner = self._share_of_unit(tokens, end, share)
            return inner or Counted(None, end, share=share)
        if halved := self._and_a_half(tokens, end):
            value, end = value + HALF, halved
        if value > 1 and (packed := self._n_pack(tokens, end)):
            return _counted(value, Unit.PIECE, packed, "", N_PACK)
        return self._with_unit(value, tokens, end)

    def _container(self, tokens: Sequence[Token], start: int) -> Counted | None:
        """One of a container that has no number: bag of chips."""
        if start + 1 < len(tokens) and tokens[start + 1].key == "of":
            unit = self.lexicon.units.english.get(tokens[start].key)
            is_word = len(tokens[start].key) > LONGEST_SIGN
            signs = () if is_word else (Unit.GRAM, Unit.MILLILITRE)
            if unit and unit[0] is not Unit.PIECE and unit[0] not in signs:
                return _counted(unit[1], unit[0], start + 1, "", tokens[start].key)
        return None

    def _share_of_unit(self, tokens: Sequence[Token], at: int, share: Fraction) -> Counted | None:
        """Half a dozen, half a cup."""
        if at < len(tokens) and tokens[at].key in ("a", "an", "of"):
            at += 1
        if (
            at < len(tokens)
            and tokens[at].sort is Sort.LATIN
            and (found := self._english_unit(tokens, at))
        ):
            unit, factor, end = found
            return _counted(_as_decimal(share) * factor, unit, end, "", tokens[at].key)
        return None

    def _english_number(
        self, tokens: Sequence[Token], start: int
    ) -> tuple[Decimal, Fraction | None, int] | None:
        table = self.lexicon.number_words
        if tokens[start].key not in table.beginnings:
            return None
        letters = ""
        best: tuple[Decimal, Fraction | None, int] | None = None
        for index in range(start, min(start + 5, len(tokens))):
            token = tokens[index]
            if token.sort is not Sort.LATIN:
                break
            letters += token.key
            if meaning := table.meanings.get(letters):
                if "share" in meaning:
                    best = (Decimal(1), _share(meaning["share"]), index + 1)
                elif "dozen" in meaning:
                    best = (Decimal(meaning["dozen"]), None, index + 1)
                else:
                    best = (Decimal(meaning["number"]), None, index + 1)
            if letters not in table.beginnings:
                break
        return best

    def _english_unit(self, tokens: Sequence[Token], at: int) -> tuple[Unit, Decimal, int] | None:
        word = tokens[at].key
        if word == "fl" and at + 1 < len(tokens) and tokens[at + 1].key == "oz":
            return (*self.lexicon.units.english["floz"], at + 2)
        found = (
            self.american and self.lexicon.units.american.get(word)
        ) or self.lexicon.units.english.get(word)
        if not found:
            return None
        end = at + 1
        if (
            end < len(tokens)
            and tokens[end].key == "."
            and not tokens[end].gap
            and end + 1 < len(tokens)
        ):
            end += 1  # 2 lbs. of beef
        return found[0], found[1], end


@lru_cache(maxsize=1024)
def decimal(digits: str) -> Decimal | None:
    """The number of digits with points and commas: 1,000 is a thousand, 1,5 one and a half."""
    if len(digits) > MOST_DIGITS:
        return None
    if "," in digits:
        groups = digits.split(",")
        if "." not in digits and len(groups) == 2 and len(groups[1]) != 3:
            digits = ".".join(groups)
        elif all(len(group.split(".")[0]) == 3 for group in groups[1:]):
            digits = "".join(groups)
        else:
            return None
    try:
        return Decimal(digits)
    except InvalidOperation:
        return None


def _is_fraction(tokens: Sequence[Token], at: int) -> bool:
    return (
        at + 1 < len(tokens)
        and tokens[at].key in "/⁄"
        and tokens[at + 1].sort is Sort.NUMBER
        and not tokens[at].gap
        and not tokens[at + 1].gap
    )


def _share(written: str) -> Fraction:
    return Fraction(written)


def _as_decimal(share: Fraction) -> Decimal:
    return Decimal(share.numerator) / Decimal(share.denominator)


def _counted(value: Decimal, unit: Unit, end: int, rest: str, unit_word: str) -> Counted | None:
    amount = rounded(value, unit)
    return Counted(amount, end, rest, unit_word) if amount else None


@lru_cache(maxsize=4096)
def rounded(value: Decimal, unit: Unit) -> Amount | None:
    """The amount with at most three decimals; None for one that is not allowed."""
    value = value.quantize(SMALLEST).normalize()
    return Amount(value + 0, unit) if 0 < value <= MOST else None
