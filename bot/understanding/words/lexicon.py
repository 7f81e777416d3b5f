"""All word lists in one value, as the engine looks words up."""

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Any, Final

from bot.understanding.words.korean_verbs import KoreanVerbs
from fridge.lots import Unit

KOREAN, ENGLISH, BOTH = "ko", "en", "both"

Meanings = Mapping[str, str]
"""What a phrase may be: kinds, and for each a value, such as {"verb": "eat report"}."""

APOSTROPHES: Final = str.maketrans("’‘`´ʼ", "'''''")
AMBIGUOUS_CONTRACTIONS: Final = frozenset(
    {"i'll", "we'll", "she'll", "he'll", "we're", "it's", "i'd", "we'd", "'s", "'n'", "can't"}
)
"""Written without their apostrophe, these are other words, or are listed so."""


class PhraseTable:
    """Phrases by their letters without white space and hyphens, and every beginning of them."""

    def __init__(self) -> None:
        self.meanings: dict[str, dict[str, str]] = {}
        self.beginnings: set[str] = set()

    def add(self, phrase: str, kind: str, value: str = "") -> None:
        """Add a meaning of a phrase; the first of a kind stays."""
        key = phrase_key(phrase)
        self._add(key, kind, value)
        if "'" in key and phrase not in AMBIGUOUS_CONTRACTIONS:
            self._add(key.replace("'", ""), kind, value)

    def _add(self, key: str, kind: str, value: str) -> None:
        self.meanings.setdefault(key, {}).setdefault(kind, value)
        self.beginnings.update(key[:end] for end in range(1, len(key) + 1))


def phrase_key(phrase: str) -> str:
    """The letters of a phrase, lower case, without white space and hyphens."""
    return "".join(phrase.translate(APOSTROPHES).lower().replace("-", " ").split())


@dataclass(frozen=True, slots=True)
class Days:
    """The words of dates in one language."""

    days: Mapping[str, int]
    weekdays: Mapping[str, int]
    weeks: Mapping[str, int]
    months: Mapping[str, int]
    spans: Mapping[str, int]
    ends: Mapping[str, int]
    day_word: str

    @property
    def words(self) -> Iterable[str]:
        """All words that a day may begin with."""
        tables = (self.days, self.weekdays, self.weeks, self.spans, self.ends)
        return [word for table in tables for word in table]


@dataclass(frozen=True, slots=True)
class Units:
    """The unit of each counter, and how much of it one is."""

    korean: Mapping[str, tuple[Unit, Decimal]]
    english: Mapping[str, tuple[Unit, Decimal]]
    american: Mapping[str, tuple[Unit, Decimal]]


@dataclass(frozen=True, slots=True)
class Particles:
    """Korean particles: what they make of a noun, and after which sound they stand."""

    roles: Mapping[str, str]
    after_consonant: frozenset[str]
    after_vowel: frozenset[str]
    last_syllables: frozenset[str]


@dataclass(frozen=True, slots=True)
class Lexicon:
    """The word lists of both languages."""

    phrases: PhraseTable
    verbs: KoreanVerbs
    particles: Particles
    units: Units
    days: Mapping[str, Days]
    date_words: PhraseTable
    counting: Mapping[str, Decimal]
    counted: Mapping[str, Decimal]
    digits: Mapping[str, int]
    powers: Mapping[str, int]
    number_words: PhraseTable
    talk: Mapping[str, str]
    receipt_words: PhraseTable
    receipt_shorts: Mapping[str, str]
    notes: PhraseTable
    emoji: Mapping[str, str]
    plurals: Mapping[str, str]
    homographs: Mapping[str, tuple[str, ...]]
    no_food_counters: frozenset[str]
    days_behind: frozenset[str]
    days_after: tuple[str, ...]
    number_syllables: frozenset[str]
    counter_syllables: frozenset[str]
    day_beginnings: frozenset[str]
    first_day_words: frozenset[str]
    prices: frozenset[str]
    surely_verbs: tuple[str, ...]
    continues: frozenset[str]
    behind_counters: frozenset[str]


@cache
def load_lexicon() -> Lexicon:
    """Read the word lists that come with the program."""
    dates = {language: _read(language, "dates") for language in (KOREAN, ENGLISH)}
    numbers = {language: _read(language, "numbers") for language in (KOREAN, ENGLISH)}
    units = {language: _read(language, "units") for language in (KOREAN, ENGLISH)}
    sentences = _read(KOREAN, "sentences")
    korean_days, english_days = _days(dates[KOREAN]), _days(dates[ENGLISH])
    counting = numbers[KOREAN]["counting"]
    number_tables = [numbers[KOREAN][name] for name in ("alone", "digits", "powers", "shares")]
    return Lexicon(
        phrases=_phrases(),
        verbs=KoreanVerbs(_read(KOREAN, "verbs"), _read(KOREAN, "endings")),
        particles=_particles(_read(KOREAN, "particles")),
        units=Units(_units(units[KOREAN]), _units(units[ENGLISH]), _of(units[ENGLISH]["american"])),
        days={KOREAN: korean_days, ENGLISH: english_days},
        date_words=_table(*(("before", dates[language]["before"]) for language in dates)),
        counting={word: Decimal(str(value)) for word, value in counting.items()},
        counted={word: Decimal(value) for word, value in numbers[KOREAN]["alone"].items()},
        digits=numbers[KOREAN]["digits"],
        powers=numbers[KOREAN]["powers"],
        number_words=_number_words(numbers),
        talk=_talk(),
        receipt_words=_table(*_both("receipts")),
        receipt_shorts=_read(ENGLISH, "receipt_shorts"),
        notes=_table(*_both("notes")),
        emoji=_read(BOTH, "emoji"),
        plurals=_read(BOTH, "plurals"),
        homographs={name: tuple(stems) for name, stems in _read(KOREAN, "homographs").items()},
        no_food_counters=frozenset(
            word for _, words in _both("no_food_counters") for word in words
        ),
        days_behind=frozenset(dates[KOREAN]["behind"]),
        days_after=tuple(sorted(dates[KOREAN]["after"]["words"], key=len, reverse=True)),
        prices=_prices(_read(KOREAN, "prices")) | frozenset(_read(ENGLISH, "prices")["currencies"]),
        surely_verbs=tuple(sentences["surely"]),
        continues=frozenset(sentences["continues"]),
        behind_counters=frozenset(sentences["behind_counters"]),
        number_syllables=frozenset(
            word[0] for table in (counting, *number_tables) for word in table
        ),
        counter_syllables=frozenset(word[0] for word in _units(units[KOREAN])),
        day_beginnings=frozenset(word[:length] for word in korean_days.words for length in (1, 2))
        | {f"{word}까" for word in korean_days.words if len(word) == 1},
        first_day_words=_first_words(dates[ENGLISH]) | {"d", "in", "the"},
    )


def _phrases() -> PhraseTable:
    table = _table(*_both("phrases"))
    for language in (KOREAN, ENGLISH):
        for place, words in _read(language, "places").items():
            _add_all(table, words, "place", place)
    for does, moods in _read(ENGLISH, "verbs").items():
        for mood, words in moods.items():
            _add_all(table, words, "verb", f"{does} {mood}")
    return table


def _number_words(numbers: Mapping[str, Mapping[str, Any]]) -> PhraseTable:
    table = PhraseTable()
    for kind, words in (
        ("number", numbers[ENGLISH]["words"]),
        ("dozen", numbers[ENGLISH]["dozens"]),
        ("share", numbers[KOREAN]["shares"]),
        ("share", numbers[ENGLISH]["shares"]),
    ):
        for word, value in words.items():
            table.add(word, kind, str(value))
    return table


def _talk() -> Mapping[str, str]:
    return {phrase_key(word): kind for kind, words in _both("talk") for word in words}


def _both(name: str) -> Sequence[tuple[str, Sequence[str]]]:
    """The kinds and words of a file in both languages."""
    return [item for language in (KOREAN, ENGLISH) for item in _read(language, name).items()]


def _table(*kinds: tuple[str, Iterable[str]]) -> PhraseTable:
    table = PhraseTable()
    for kind, words in kinds:
        _add_all(table, words, kind)
    return table


def _first_words(dates: Mapping[str, Any]) -> frozenset[str]:
    """The first words of what says a day."""
    tables = ("days", "weekdays", "weeks", "months", "ends")
    return frozenset(word.split()[0] for table in tables for word in dates[table])


def _read(language: str, name: str) -> dict[str, Any]:
    path = files("bot.understanding.words").joinpath(language, f"{name}.toml")
    return tomllib.loads(path.read_text(encoding="utf-8"))


def _add_all(table: PhraseTable, words: Iterable[str], kind: str, value: str = "") -> None:
    for word in words:
        table.add(word, kind, value)


def _units(table: Mapping[str, Any]) -> Mapping[str, tuple[Unit, Decimal]]:
    simple = {
        phrase_key(word): (Unit(unit), Decimal(1))
        for unit, words in table.items()
        if unit not in ("of", "american")
        for word in words
    }
    return {**simple, **_of(table["of"])}


def _of(table: Mapping[str, Any]) -> Mapping[str, tuple[Unit, Decimal]]:
    return {
        phrase_key(word): (Unit(unit), Decimal(str(factor)))
        for word, (unit, factor) in table.items()
    }


def _prices(table: Mapping[str, Any]) -> frozenset[str]:
    return frozenset(
        f"{currency}{rest}" for currency in table["currencies"] for rest in table["behind"]
    )


def _days(table: Mapping[str, Any]) -> Days:
    def by_key(name: str) -> Mapping[str, int]:
        return {phrase_key(word): value for word, value in table.get(name, {}).items()}

    return Days(
        days=by_key("days"),
        weekdays=by_key("weekdays"),
        weeks=by_key("weeks"),
        months=by_key("months"),
        spans=by_key("spans"),
        ends=by_key("ends"),
        day_word=table.get("day_word", ""),
    )


def _particles(table: Mapping[str, Any]) -> Particles:
    fitting = table["fitting"]
    roles: dict[str, str] = {}
    for role, words in table.items():
        if role != "fitting":
            roles.update((word, role) for word in words if word not in roles)
    for pair in fitting:
        roles.update((word, "other") for word in pair if word not in roles)
    pairs = [(closed, after_vowel) for closed, after_vowel in fitting if closed != after_vowel]
    return Particles(
        roles,
        frozenset(closed for closed, _ in pairs),
        frozenset(after_vowel for _, after_vowel in pairs),
        frozenset(role[-1] for role in roles),
    )
