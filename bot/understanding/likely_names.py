"""Finds what a person probably meant by a name that is none, such as 게란 for 계란."""

import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Self

from rapidfuzz import process
from rapidfuzz.distance import OSA

from bot.understanding.names import Name
from bot.understanding.slices import Steps
from fridge.catalogue.catalogue import Catalogue, Ingredient
from fridge.catalogue.normalise import normalise
from fridge.items import Item, ItemKey

SHORTEST: Final = 4
"""Anything shorter is near to too much."""

LONG: Final = 8
"""From here on two slips are let pass, below only one."""

MOST_TRIED: Final = 10
"""Names of one message: each is compared with hundreds."""

SHORTEST_PART: Final = 2
"""Syllables of a Korean name that may stand for a longer one, as 우유 for 딸기우유."""


class LikelyNames:
    """The names of the catalogue, by their nearness to a typed one.

    Names are compared letter by letter: Korean ones by the letters of their syllables (jamo), so
    that a slip counts alike in any script. A slip is a letter too many, too few, another one, or
    two that changed places.
    """

    def __init__(self, catalogue: Catalogue) -> None:
        self._ingredients: dict[str, Ingredient] = {
            _letters(name): ingredient
            for ingredient in catalogue.ingredients
            for name in ingredient.names
        }
        self._by_length: defaultdict[int, list[str]] = defaultdict(list)
        for name in self._ingredients:
            self._by_length[len(name)].append(name)

    def find(self, name: str) -> Ingredient | None:
        """The one ingredient whose name is nearest; None where none is near, or several are."""
        letters = _letters(name)
        slips = _slips_allowed(letters)
        if not slips:
            return None
        # A slip makes a name longer or shorter by one letter at most.
        lengths = range(max(SHORTEST, len(letters) - slips), len(letters) + slips + 1)
        candidates = [
            name
            for length in lengths
            for name in self._by_length.get(length, ())
            if _begin_alike(letters, name)
        ]
        near = [
            (distance, found)
            for found, distance, _ in process.extract(
                letters, candidates, scorer=OSA.distance, score_cutoff=slips, limit=None
            )
        ]
        if not near:
            return None
        least = min(distance for distance, _ in near)
        nearest = {
            self._ingredients[found].id: self._ingredients[found]
            for distance, found in near
            if distance == least
        }
        return nearest.popitem()[1] if len(nearest) == 1 else None

    def of(self, names: Iterable[Name]) -> Mapping[ItemKey, Ingredient]:
        """What is likely, for the first of the names that the catalogue does not know."""
        unknown = [name for name in names if name.ingredient is None][:MOST_TRIED]
        found = {name.key: self.find(name.typed) for name in unknown}
        return {key: ingredient for key, ingredient in found.items() if ingredient}


def looking_for_items(
    names: Sequence[Name], items: Iterable[Item], most: int
) -> Steps[Sequence[Item]]:
    """Find those items in a fridge that could have been meant by names that are not in it."""
    typed = [_Form.of(name.typed) for name in names[:MOST_TRIED]]
    found: list[Item] = []
    for item in items:
        yield
        forms = [_Form.of(name) for name in (item.name, item.ko, item.en) if name]
        if any(one.is_like(other) for one in typed for other in forms):
            found.append(item)
            if len(found) == most:
                break
    return found


@dataclass(frozen=True, slots=True)
class _Form:
    """What of a name is compared."""

    key: str
    letters: str
    words: frozenset[str]

    @classmethod
    def of(cls, name: str) -> Self:
        return cls(normalise(name), _letters(name), frozenset(map(normalise, name.split())))

    def is_like(self, other: Self) -> bool:
        return self._is_near(other) or self._is_part_of(other) or other._is_part_of(self)

    def _is_near(self, other: Self) -> bool:
        slips = min(_slips_allowed(self.letters), _slips_allowed(other.letters))
        return (
            slips > 0
            and _begin_alike(self.letters, other.letters)
            and OSA.distance(self.letters, other.letters, score_cutoff=slips) <= slips
        )

    def _is_part_of(self, whole: Self) -> bool:
        """Whether it is words of the other, or in Korean, which may not separate them, in it."""
        if _is_korean(self.key):
            return len(self.key) >= SHORTEST_PART and self.key in whole.key
        return self.words <= whole.words


def _is_korean(key: str) -> bool:
    return any("가" <= character <= "힣" for character in key)


def _letters(name: str) -> str:
    """The key of a name, with its Korean syllables taken apart into their letters."""
    return unicodedata.normalize("NFD", normalise(name))


def _slips_allowed(letters: str) -> int:
    if len(letters) < SHORTEST:
        return 0
    return 1 if len(letters) < LONG else 2


def _begin_alike(one: str, other: str) -> bool:
    """Who slips at a Latin word's first letter has most likely meant another word: hello, jello."""
    return not one.isascii() or one[0] == other[0]
