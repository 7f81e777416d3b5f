"""Splits a Korean word in which several are written without a space: 상추랑깻잎다먹었어."""

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from bot.understanding.names import Name
from bot.understanding.reading.known_names import PLAIN_ROLES, KnownNames
from bot.understanding.reading.numbers_and_units import AmountReader
from bot.understanding.reading.particles import LONGEST_PARTICLE, fits
from bot.understanding.words.korean_verbs import Verb
from bot.understanding.words.lexicon import Lexicon
from fridge.lots import Amount

SHORTEST: Final = 2
SHORTEST_WITH_NAME: Final = 3
LONGEST: Final = 24
LONGEST_VERB: Final = 10
LONGEST_AMOUNT: Final = 4
ADVERBS: Final = {
    "다": "all",
    "싹": "all",
    "전부": "all",
    "모두": "all",
    "안": "not",
    "못": "not",
    "좀": "some",
    "더": "filler",
    "또": "filler",
    "조금": "some",
    "거의": "some",
}


ASKED: Final = frozenset({"asked_amount", "how_many"})
BEFORE_VERBS: Final = frozenset({"time", "later", "meal"})


class Piece(NamedTuple):
    """A part of a word, from `start` to `end`, which is one of these."""

    start: int
    end: int
    name: Name | None = None
    amount: Amount | None = None
    verb: Verb | None = None
    phrase: str = ""
    role: str = ""


def split(
    word: str, tables: Sequence[KnownNames], lexicon: Lexicon, amounts: AmountReader
) -> list[Piece]:
    """The pieces of a word; none where it is not made of such.

    Two names stand together only with a particle between them, and the whole word is used up.
    """
    if not SHORTEST <= len(word) <= LONGEST:
        return []
    if len(word) >= SHORTEST_WITH_NAME:
        pieces = _Splitter(word, tables, lexicon, amounts).pieces_from(0, "")
        if pieces:
            return pieces
    for adverb, meaning in ADVERBS.items():
        rest = word.removeprefix(adverb)
        if rest and rest != word and (verb := lexicon.verbs.read(rest)):
            at = len(adverb)
            return [Piece(0, at, phrase=meaning), Piece(at, len(word), verb=verb)]
    for at in range(len(word) - 1, 1, -1):  # 오늘저녁에먹을
        kinds = BEFORE_VERBS & lexicon.phrases.meanings.get(word[:at], {}).keys()
        if kinds and (verb := lexicon.verbs.read(word[at:])):
            return [Piece(0, at, phrase=min(kinds)), Piece(at, len(word), verb=verb)]
    return []


class _Splitter:
    """Looks at each place of a word once for each kind of piece that may stand before it."""

    def __init__(
        self, word: str, tables: Sequence[KnownNames], lexicon: Lexicon, amounts: AmountReader
    ) -> None:
        self._word = word
        self._tables = tables
        self._lexicon = lexicon
        self._amounts = amounts
        self._dead: set[tuple[int, str]] = set()

    def pieces_from(self, at: int, before: str) -> list[Piece] | None:
        """The pieces from a place to the end; None where there are none."""
        if at == len(self._word):
            return [] if before in ("name", "particle", "amount") else None
        if (at, before) in self._dead:
            return None
        for piece, sort in self._candidates(at, before):
            rest = [] if sort == "verb" else self.pieces_from(piece.end, sort)
            if rest is not None:
                return [piece, *rest]
        self._dead.add((at, before))
        return None

    def _candidates(self, at: int, before: str) -> Iterator[tuple[Piece, str]]:
        if before in ("", "join"):
            for piece in self._names(at):
                yield piece, "name"
            return
        if before in ("name", "particle", "adverb"):
            yield from self._adverbs(at)
        if verb := self._verb(at):
            yield verb, "verb"
        if before in ("name", "amount"):
            yield from self._particles(at)
        if before in ("name", "particle"):
            yield from self._counts(at)
            yield from self._how_many(at)

    def _names(self, at: int) -> Sequence[Piece]:
        """The names that begin here, the longest first."""
        found: list[Piece] = []
        for table in self._tables:
            for end in range(at + 1, len(self._word) + 1):
                letters = self._word[at:end]
                if name := table.by_key.get(letters):
                    found.append(Piece(at, end, name=name))
                if letters not in table.beginnings:
                    break
        return sorted(found, key=lambda piece: -piece.end)

    def _adverbs(self, at: int) -> Iterator[tuple[Piece, str]]:
        for end in (at + 2, at + 1):
            if meaning := ADVERBS.get(self._word[at:end]):
                yield Piece(at, end, phrase=meaning), "adverb"

    def _verb(self, at: int) -> Piece | None:
        rest = self._word[at:]
        verb = self._lexicon.verbs.read(rest) if len(rest) <= LONGEST_VERB else None
        return Piece(at, len(self._word), verb=verb) if verb else None

    def _particles(self, at: int) -> Iterator[tuple[Piece, str]]:
        particles = self._lexicon.particles
        for end in range(min(len(self._word), at + LONGEST_PARTICLE), at, -1):
            particle = self._word[at:end]
            role = particles.roles.get(particle)
            if role is None or (at == 1 and role not in PLAIN_ROLES):
                continue
            if fits(self._word[:at], particle, particles):
                yield (
                    Piece(at, end, role=role),
                    "join" if role in ("joining", "listing") else "particle",
                )

    def _how_many(self, at: int) -> Iterator[tuple[Piece, str]]:
        """몇캔, 얼마나 of 맥주몇캔있음."""
        meanings = self._lexicon.phrases.meanings
        for end in range(min(len(self._word), at + LONGEST_AMOUNT), at, -1):
            for kind in ASKED & meanings.get(self._word[at:end], {}).keys():
                yield Piece(at, end, phrase=kind), "adverb"

    def _counts(self, at: int) -> Iterator[tuple[Piece, str]]:
        for end in range(min(len(self._word), at + LONGEST_AMOUNT), at + 1, -1):
            said = self._word[at:end]
            counted = self._amounts.joined(said)
            whole = self._lexicon.counted.get(said)
            if counted and counted.amount and not counted.rest:
                yield Piece(at, end, amount=counted.amount), "amount"
            elif whole:
                yield Piece(at, end, amount=Amount(whole)), "amount"
