"""Finds names in tokens: those of the catalogue, and those that the chat has."""

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple, Self

from bot.understanding.names import Name
from bot.understanding.reading.particles import split_particle
from bot.understanding.reading.tokens import Sort, Token
from bot.understanding.words.lexicon import Particles
from fridge.catalogue.catalogue import Catalogue
from fridge.catalogue.normalise import normalise
from fridge.items import UNCATALOGUED, ItemKey

LONGEST_IN_TOKENS: Final = 8
PLAIN_ROLES: Final = frozenset(
    {"topic", "subject", "object", "also", "only", "joining", "place", "of", "to", "receiver"}
    | {"giver"}
)
_JOINTS: Final = frozenset("-‐–&%.'")
_FUNCTION_WORDS: Final = frozenset(
    {"is", "are", "a", "an", "the", "in", "on", "of", "to", "and", "was"}
)
"""No name ends with one of these, though letters might say so: Milkis, milk is."""
_PLURAL_ENDS: Final = frozenset("se")


@dataclass(slots=True)
class KnownNames:
    """Names by their keys, and every beginning of a key."""

    by_key: dict[str, Name] = field(default_factory=dict[str, Name])
    beginnings: set[str] = field(default_factory=set[str])

    @classmethod
    def of_catalogue(cls, catalogue: Catalogue) -> Self:
        """The names of all ingredients."""
        known = cls()
        for ingredient in catalogue.ingredients:
            for name in ingredient.names:
                known.add(name, Name(name, ingredient, ItemKey(ingredient.id)))
        return known

    @classmethod
    def of_typed(cls, names: Iterable[str]) -> Self:
        """The names that a chat typed, which the catalogue does not know."""
        known = cls()
        for name in names:
            known.add(name, Name(name, None, ItemKey(UNCATALOGUED, normalise(name))))
        return known

    def add(self, typed: str, name: Name) -> None:
        """Make a name known, under the key of what is typed."""
        self.by_key.setdefault(normalise(typed), name)
        letters = _letters(typed)
        self.beginnings.update(letters[:end] for end in range(1, len(letters) + 1))

    def find(self, key: str) -> Name | None:
        """The name of letters without white space, plural or not."""
        name = self.by_key.get(key)
        if name is None and key[-1:] in _PLURAL_ENDS and key.isascii():
            name = self.by_key.get(normalise(key))
        return name


class FoundName(NamedTuple):
    """A name, the token behind it, and the role of the particle on it, such as "also"."""

    name: Name
    end: int
    role: str
    particle: str


def find_name(
    tokens: Sequence[Token], start: int, tables: Sequence[KnownNames], particles: Particles
) -> FoundName | None:
    """The longest name that begins at a token, in the first of the tables that has such."""
    best: FoundName | None = None
    key = tokens[start].name_key
    for table in tables:
        if key[:1] not in table.beginnings:
            continue
        found = _longest(tokens, start, table, particles)
        if found and (best is None or found.end > best.end):
            best = found
    return best


def _longest(
    tokens: Sequence[Token], start: int, table: KnownNames, particles: Particles
) -> FoundName | None:
    best: FoundName | None = None
    letters = ""
    for index in range(start, min(start + LONGEST_IN_TOKENS, len(tokens))):
        token = tokens[index]
        key = _key_in_name(token, is_first=index == start)
        if key is None:
            break
        longer = letters + key
        if key and not (index > start and key in _FUNCTION_WORDS):
            if name := table.find(longer):
                best = FoundName(name, index + 1, "", "")
            elif token.sort is Sort.HANGUL and letters + key[0] in table.beginnings:
                best = _with_particle(letters, key, index + 1, table, particles) or best
        if longer not in table.beginnings:
            break
        letters = longer
    return best


def _key_in_name(token: Token, *, is_first: bool) -> str | None:
    """The letters that a token adds to a name; "" for a silent sign, None for an end."""
    if token.sort is Sort.LINE or token.sort is Sort.RULE:
        return None
    if token.sort is not Sort.SIGN:
        return token.name_key
    if is_first or token.name_key not in _JOINTS:
        return None
    return token.name_key if token.name_key in "&%" else ""


def _with_particle(
    letters: str, word: str, end: int, table: KnownNames, particles: Particles
) -> FoundName | None:
    """A name with a particle. One syllable is a name only with the plainest: 게란 is no 게."""
    for stem, particle, role in split_particle(word, particles):
        name = table.by_key.get(letters + stem)
        if name and (len(letters + stem) > 1 or role in PLAIN_ROLES):
            return FoundName(name, end, role, particle)
    return None


def _letters(name: str) -> str:
    """The letters of a name, as tokens have them: lower case, without accents and spaces."""
    return "".join(
        _unaccented(name.lower()).replace("-", " ").replace("'", "").replace("’", "").split()
    )


def _unaccented(name: str) -> str:
    if name.isascii():
        return name
    decomposed = unicodedata.normalize("NFKD", name)
    return unicodedata.normalize(
        "NFC", "".join(one for one in decomposed if not "\u0300" <= one < "\u0370")
    )
