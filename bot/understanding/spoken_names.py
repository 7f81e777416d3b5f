"""Reads the words around names, such as quantities, and between names, such as "and"."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final, TypeVar

Found = TypeVar("Found")

DETERMINER: Final = re.compile(r"\A(?:an?|the|some|my|our) +(?=\S)", re.IGNORECASE)
"""The English words before the name of a thing, as in "used up the milk"."""

_DIGITS: Final = r"(?:\d{1,4}(?:[./]\d{1,3})?|[½¼¾⅓⅔])"
_ENGLISH_NUMBER: Final = (
    "an?|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|half(?: an?)?|an? dozen"
)
_ENGLISH_UNIT: Final = (
    r"kg|g|mg|ml|cl|l|lbs?|oz|kilos?|grams?|lit(?:er|re)s?|pounds?|dozen|pcs?|pieces?|packs?"
    r"|packets?|bottles?|cans?|tins?|cartons?|bags?|box(?:es)?|jars?|loaf|loaves|bunch(?:es)?"
)
_KOREAN_NUMBER: Final = (
    "한|두|세|네|다섯|여섯|일곱|여덟|아홉|열|열한|열두|열세|열네|열다섯|스무|서른|석|넉|반|몇"
)
_KOREAN_COUNT: Final = "하나|둘|셋|넷|다섯|여섯|일곱|여덟|아홉|열|열둘|스물"
_COUNTER: Final = (
    "(?:개|병|봉|봉지|팩|캔|통|마리|단|모|줄|근|판|알|구|포|포기|송이|장|컵|잔|박스|상자|묶음|망|쪽"
    "|조각|덩이|덩어리|뿌리|자루|그릇|인분|킬로|키로|킬로그램|그램|그람|리터|밀리|미리|밀리리터"
    f"|{_ENGLISH_UNIT})(?:짜리)?"
)

_BEFORE: Final = (
    re.compile(rf"(?:(?:{_ENGLISH_NUMBER}) |{_DIGITS} ?(?:[x×] ?)?)(?=\S)", re.IGNORECASE),
    re.compile(
        rf"(?:(?:{_ENGLISH_NUMBER}) |{_DIGITS} ?)(?:{_ENGLISH_UNIT})"
        r"(?: (?:of )?|(?=[가-힣]))(?=\S)",
        re.IGNORECASE,
    ),
    re.compile(rf"(?:{_DIGITS} ?|(?:{_KOREAN_NUMBER}) ?){_COUNTER} (?=\S)", re.IGNORECASE),
)
_BEHIND: Final = re.compile(
    r"(?P<name>.+?)"
    rf"(?:(?: ?[×*] ?| x ?| ?)\(?{_DIGITS} ?(?:{_COUNTER}|x)?\)?"
    rf"| \(?(?:{_KOREAN_NUMBER}) ?{_COUNTER}\)?"
    rf"| (?:{_KOREAN_COUNT}))",
    re.IGNORECASE,
)

_CONJUNCTIONS: Final = frozenset(
    {"and", "및", "하고", "그리고", "랑", "이랑", "와", "과", *"&+＆＋;；/／·ㆍ・."}
)
_SIGN: Final = re.compile(r"[&+＆＋;；／·ㆍ・]|(?<!\d)[/.]|[/.](?!\d)")
_JOINED: Final = ("하고", "이랑", "랑", "와", "과")
"""Korean conjunctions that are written together with the word before."""

_AFTER_CONSONANT: Final = frozenset("을이은도")
_AFTER_VOWEL: Final = frozenset("를가는도")
_FIRST_SYLLABLE: Final = "가"
_LAST_SYLLABLE: Final = "힣"
_SYLLABLES_WITHOUT_END: Final = 28


def bare_forms(name: str) -> Iterator[str]:
    """Yield a short name without the words around it, in each possible way: `milk` of `2 l milk`.

    The catalogue decides: if it has one of the forms, the rest was a quantity or the like;
    otherwise the rest may be a part of the name. The name itself comes first.
    """
    tried: set[str] = set()
    for form in _forms(name):
        if form not in tried:
            tried.add(form)
            yield form


def joined_by_and(text: str, find: Callable[[str], Found | None], longest: int) -> Sequence[Found]:
    """Return the things that a text joins by "and"; none unless every one of them is found.

    A text without a conjunction gives none; it is not searched as a whole.

    A conjunction after an unknown name may be a part of the name, as in `mac and cheese`, and so
    may the last syllable of a Korean word.

    Args:
        text: with single spaces.
        find: returns the thing with a given name.
        longest: how many characters a name may have.
    """
    found: list[Found] = []
    name = ""
    *words, last = _SIGN.sub(r" \g<0> ", text).split() or [""]
    for word in words:
        longer = f"{name} {word}".lstrip()
        if len(longer) > longest:
            return []
        is_conjunction = word.casefold() in _CONJUNCTIONS
        if is_conjunction and not name:
            continue
        thing = find(name) if is_conjunction else _find_joined(longer, find)
        if thing is None:
            name = longer
        else:
            found.append(thing)
            name = ""
    if last.casefold() not in _CONJUNCTIONS:
        name = f"{name} {last}".lstrip()
    if not name or name == text:
        return found
    thing = find(name) if len(name) <= longest else None
    return [] if thing is None else [*found, thing]


def without_particle(name: str, particles: frozenset[str] | None = None) -> str:
    """Return a name without the Korean particle at its end, if the particle fits the sound before.

    Args:
        name: one word.
        particles: only these are removed; all without an argument.
    """
    if len(name) <= 1 or not _FIRST_SYLLABLE <= name[-2] <= _LAST_SYLLABLE:
        return name
    ends_in_a_consonant = (ord(name[-2]) - ord(_FIRST_SYLLABLE)) % _SYLLABLES_WITHOUT_END != 0
    fitting = _AFTER_CONSONANT if ends_in_a_consonant else _AFTER_VOWEL
    is_particle = name[-1] in fitting and (particles is None or name[-1] in particles)
    return name[:-1] if is_particle else name


def _forms(name: str) -> Iterator[str]:
    """Yield all forms, some of them several times."""
    without_determiner = DETERMINER.sub("", name, 1)
    for stated in (name, without_determiner, without_particle(without_determiner)):
        for form in (stated, *_without_quantity(stated)):
            yield form
            yield without_particle(form)


def _find_joined(name: str, find: Callable[[str], Found | None]) -> Found | None:
    """Return the thing whose name ends with a conjunction; None if the name is found with it."""
    ending = next((ending for ending in _JOINED if name.endswith(ending)), None)
    if ending is None or find(name) is not None:
        return None
    stems = (name.removesuffix(ending) for ending in _JOINED if name.endswith(ending))
    return next((thing for stem in stems if stem and (thing := find(stem)) is not None), None)


def _without_quantity(name: str) -> Iterable[str]:
    """Return a name without the quantity before it, after it, or both."""
    rests = [name, *(name[before.end() :] for one in _BEFORE if (before := one.match(name)))]
    behind = [found["name"] for rest in rests if (found := _BEHIND.fullmatch(rest))]
    return [*rests[1:], *behind]
