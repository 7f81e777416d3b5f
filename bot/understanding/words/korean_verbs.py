"""The forms of Korean verbs, made from their dictionary forms and the files of endings."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final, NamedTuple

FIRST_SYLLABLE: Final = 0xAC00
LAST_SYLLABLE: Final = 0xD7A3
FINALS: Final = 28
NONE, N, L, M, B, SS, S = 0, 4, 8, 16, 17, 20, 19
LM: Final = 10
LONGEST_HEAD: Final = 7
LONGEST_FORM: Final = 16
MORE: Final = "…"

REQUESTING: Final = frozenset({"줘", "둬", "놔"})
GOING: Final = frozenset({"가", "간", "갔", "감"})
BARE: Final = "bare"
DONE: Final = "done"
BARE_TAILS: Final = frozenset({"", "요", "좀", "중", "중임", "중이야"})
COMPOUNDING: Final = frozenset({"infinitive", "stem", BARE})
AUXILIARY: Final = "auxiliary"


class Verb(NamedTuple):
    """A verb as it was said: what it does, and in which mood, of `endings.toml`."""

    does: str
    mood: str


class _Head(NamedTuple):
    """The beginning of a form: whose verb it is, and of which table of endings what follows is."""

    does: str
    form: str


@dataclass(slots=True)
class KoreanVerbs:
    """Finds what a Korean verb does, and in which mood it is.

    Args:
        verbs: by what they do, `verbs` and `nouns`, as in `verbs.toml`.
        endings: by the form that they follow and the mood, as in `endings.toml`.
    """

    verbs: Mapping[str, Mapping[str, Iterable[str]]]
    endings: Mapping[str, Mapping[str, Iterable[str]]]
    _heads: dict[str, list[_Head]] = field(default_factory=dict[str, list[_Head]], init=False)
    _first: set[str] = field(default_factory=set[str], init=False)
    _exact: dict[str, dict[str, str]] = field(default_factory=dict[str, dict[str, str]], init=False)
    _open: dict[tuple[str, str], list[tuple[str, str]]] = field(
        default_factory=dict[tuple[str, str], list[tuple[str, str]]], init=False
    )

    def __post_init__(self) -> None:
        for form, moods in self.endings.items():
            exact = self._exact.setdefault(form, {})
            for mood, tails in moods.items():
                for tail in tails:
                    if tail.endswith(MORE):
                        self._open.setdefault((form, tail[0]), []).append((tail[:-1], mood))
                    else:
                        exact.setdefault(tail, mood)
        for does, words in self.verbs.items():
            for pair in words.get("verbs", ()):
                dictionary, infinitive = pair.split("/")
                self._add(does, dictionary[:-1], infinitive)
                if does != AUXILIARY:
                    self._add_honorific(does, dictionary[:-1])
            for form in words.get("done", ()):
                self._claim(form, does, DONE)
            for noun in words.get("nouns", ()):
                self._claim(noun, does, BARE)
                self._add(does, f"{noun}하", f"{noun}해")
                self._add(does, f"{noun}되", f"{noun}돼")
        self._first = {head[0] for head in self._heads}

    def may_begin(self, text: str) -> bool:
        """Whether a verb begins with the first syllable."""
        return text[:1] in self._first

    def read(self, text: str) -> Verb | None:
        """What a form without white space says; None where it is no form of a verb."""
        if text[:1] not in self._first or len(text) > LONGEST_FORM:
            return None
        for length in range(min(len(text), LONGEST_HEAD), 0, -1):
            heads = self._heads.get(text[:length])
            if heads is None:
                continue
            tail = text[length:]
            for head in heads:
                if head.does == AUXILIARY:
                    continue
                mood = self._mood(head.form, tail)
                if mood is not None:
                    return Verb(head.does, mood)
            if tail:
                for head in heads:
                    if verb := self._compound(head, tail):
                        return verb
        return None

    def _compound(self, head: _Head, tail: str) -> Verb | None:
        """A verb with an auxiliary: 먹어버렸어, 사다놨어, 배달왔어; or with another: 구워먹었어."""
        if head.form == "stem":
            tail = tail.removeprefix("다") if tail.startswith("다") else ""
        if not tail or head.form not in COMPOUNDING:
            return None
        for length in range(min(len(tail), LONGEST_HEAD), 0, -1):
            for second in self._heads.get(tail[:length], ()):
                mood = self._mood(second.form, tail[length:])
                if mood is not None and (verb := _joined(head, second, mood, tail[:length])):
                    return verb
        return None

    def _mood(self, form: str, tail: str) -> str | None:
        if form == BARE:
            return BARE if tail in BARE_TAILS else None
        if form == DONE:
            return None if tail else "report"
        mood = self._exact.get(form, {}).get(tail)
        if mood is None and tail:
            for begin, open_mood in self._open.get((form, tail[0]), ()):
                if tail.startswith(begin):
                    return open_mood
        return mood

    def _add(self, does: str, stem: str, infinitive: str) -> None:
        last = stem[-1]
        closed = _final(last) != NONE
        self._claim(infinitive, does, "infinitive")
        self._claim(stem, does, "stem")
        for final in (SS, S):  # 먹었어, and 먹엇어 as many type it
            self._claim(_with_final(infinitive, final), does, "past")
        if closed and _final(last) != L:
            forms = {
                "noun": f"{stem}음",
                "described": f"{stem}은",
                "to_come": f"{stem}을",
                "formal": f"{stem}습",
                "plain": f"{stem}는",
                "linked": f"{stem}으",
            }
        elif closed:
            root = stem[:-1]
            forms = {
                "noun": root + _set_final(last, LM),
                "described": root + _set_final(last, N),
                "to_come": stem,
                "formal": root + _set_final(last, B),
                "plain": root + _set_final(last, N),
                "linked": stem,
            }
        else:
            forms = {
                "noun": _with_final(stem, M),
                "described": _with_final(stem, N),
                "to_come": _with_final(stem, L),
                "formal": _with_final(stem, B),
                "plain": _with_final(stem, N),
                "linked": stem,
            }
        for form, head in forms.items():
            self._claim(head, does, form)

    def _add_honorific(self, does: str, stem: str) -> None:
        """Add 사오시다 to 사오다, as of mothers: 사오셨어, 사오심."""
        if stem.endswith(("시", "하")):
            return
        last = stem[-1]
        if _final(last) == L:
            stem = stem[:-1] + _set_final(last, NONE)
        elif _final(last) != NONE:
            stem += "으"
        self._add(does, f"{stem}시", f"{stem}셔")

    def _claim(self, head: str, does: str, form: str) -> None:
        claims = self._heads.setdefault(head, [])
        if _Head(does, form) not in claims:
            claims.append(_Head(does, form))


def _joined(first: _Head, second: _Head, mood: str, said: str) -> Verb | None:
    """What two verbs do together: an auxiliary gives the first one its mood."""
    if second.does == AUXILIARY:
        if said in GOING and first.does in ("gone", "eat", "finish"):
            return Verb(first.does, "guess")  # 떨어져 간다: soon, not yet
        is_request = mood == "present" and said in REQUESTING
        return Verb(first.does, "order" if is_request else mood)
    is_made_first = first.does == "cook" and first.form == "infinitive"
    return Verb(second.does, mood) if is_made_first else None


def is_hangul(character: str) -> bool:
    """Whether it is a whole Korean syllable."""
    return FIRST_SYLLABLE <= ord(character) <= LAST_SYLLABLE


def ends_closed(text: str) -> bool:
    """Whether its last syllable ends in a consonant."""
    return is_hangul(text[-1]) and _final(text[-1]) != NONE


def ends_in_l(text: str) -> bool:
    """Whether its last syllable ends in ㄹ."""
    return is_hangul(text[-1]) and _final(text[-1]) == L


def sounds_past(text: str) -> bool:
    """Whether a syllable has the ㅆ of 었 and 겠, as hardly any noun has."""
    return any(is_hangul(character) and _final(character) == SS for character in text)


def _final(syllable: str) -> int:
    return (ord(syllable) - FIRST_SYLLABLE) % FINALS


def _set_final(syllable: str, final: int) -> str:
    return chr(ord(syllable) - _final(syllable) + final)


def _with_final(text: str, final: int) -> str:
    last = text[-1]
    return text[:-1] + _set_final(last, final) if _final(last) == NONE else text
