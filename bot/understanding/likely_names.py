"""Finds the ingredient or item that a mistyped name probably means, such as 계란 for 게란."""

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
"""Names with fewer letters are near to too many others."""

LONG: Final = 8
"""Names with this many letters may have two slips, shorter ones only one."""

MOST_TRIED: Final = 10
"""How many names of a message are tried: each is compared with hundreds of names."""

SHORTEST_PART: Final = 2
"""A Korean name with this many syllables may stand for a longer one, as 우유 for 딸기우유."""


class LikelyNames:
    """Finds the names of the catalogue that are near to a typed name.

    Names are compared letter by letter, Korean names by the letters of their syllables (jamo), so
    that a slip weighs the same in both scripts. A slip is a letter too many, one too few, a wrong
    one, or two that changed places.
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
        """Return the ingredient with the nearest name; None if none, or several, are nearest."""
        letters = _letters(name)
        slips = _slips_allowed(letters)
        if not slips:
            return None
        # A slip changes the length by one letter at most.
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
        """Return the likely ingredient of each name that the catalogue does not know.

        Only the first of the unknown names are tried.
        """
        unknown = [name for name in names if name.ingredient is None][:MOST_TRIED]
        found = {name.key: self.find(name.typed) for name in unknown}
        return {key: ingredient for key, ingredient in found.items() if ingredient}


def finding_likely_items(
    names: Sequence[Name], items: Iterable[Item], most: int
) -> Steps[Sequence[Item]]:
    """Find the items of a fridge that names which are not in it probably mean.

    Args:
        names: the names that are not in the fridge.
        items: the content of the fridge.
        most: how many items to return at most.
    """
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
    """The forms of a name that are compared."""

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
        """Tell whether all words of this name are words of the other.

        A Korean name only has to stand within the other: Korean may write words together.
        """
        if _is_korean(self.key):
            return len(self.key) >= SHORTEST_PART and self.key in whole.key
        return self.words <= whole.words


def _is_korean(key: str) -> bool:
    return any("가" <= character <= "힣" for character in key)


def _letters(name: str) -> str:
    """Return the key of a name, with Korean syllables split into their letters."""
    return unicodedata.normalize("NFD", normalise(name))


def _slips_allowed(letters: str) -> int:
    if len(letters) < SHORTEST:
        return 0
    return 1 if len(letters) < LONG else 2


def _begin_alike(one: str, other: str) -> bool:
    """Tell whether two names may differ by slips only, as far as their first letters say.

    Latin words with different first letters are most likely different words: hello, jello.
    """
    return not one.isascii() or one[0] == other[0]
