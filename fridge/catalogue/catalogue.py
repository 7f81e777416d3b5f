"""The catalogue: the ingredients that the bot knows by name."""

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from fridge.catalogue.keeping import Keeping
from fridge.catalogue.normalise import normalise
from fridge.lots import Place

CATEGORIES: tuple[str, ...] = (
    "vegetables",
    "mushrooms",
    "fruit",
    "meat",
    "seafood",
    "dairy_eggs",
    "tofu_beans",
    "kimchi_banchan",
    "ready_made",
    "bread",
    "grains",
    "noodles",
    "sauces",
    "spices",
    "oils",
    "nuts",
    "snacks",
    "drinks",
    "other",
)
"""The categories, in the order in which a fridge list shows them."""


@dataclass(frozen=True, slots=True)
class Ingredient:
    """A line of the catalogue: an ingredient with its names and aliases, and how it keeps."""

    id: int
    category: str
    emoji: str
    ko: str
    en: str
    keeping: Keeping
    ko_aliases: tuple[str, ...]
    en_aliases: tuple[str, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """Every name of this ingredient, in both languages."""
        return (self.ko, self.en, *self.ko_aliases, *self.en_aliases)


class Catalogue:
    """The ingredients, found by any of their names in either language, or by an emoji.

    Args:
        ingredients: the lines of the catalogue.
        emoji: pairs of an emoji and a name of the ingredient that the emoji means. This is not the
            `emoji` of an ingredient, which several ingredients may show beside their name.

    Raises:
        ValueError: Two ingredients have the same id or claim the same name or emoji, or an id is
            below 1, a category unknown, a name empty, or the ingredient of an emoji unknown.
    """

    def __init__(
        self, ingredients: Iterable[Ingredient], emoji: Iterable[tuple[str, str]] = ()
    ) -> None:
        self.ingredients: tuple[Ingredient, ...] = tuple(ingredients)
        self._by_key: dict[str, Ingredient] = {}
        self._by_id: dict[int, Ingredient] = {}
        self._check_ids_and_categories()
        for ingredient in self.ingredients:
            self._claim_names(ingredient)
        for character, name in emoji:
            self._claim_emoji(character, name)

    def find(self, ingredient_id: int) -> Ingredient | None:
        """Return the ingredient of that id."""
        return self._by_id.get(ingredient_id)

    def match(self, name: str) -> Ingredient | None:
        """Return the ingredient of that name or emoji, exact after normalisation."""
        return self.match_key(normalise(name))

    def match_key(self, key: str) -> Ingredient | None:
        """Return the ingredient of a normalised name."""
        return self._by_key.get(key)

    def _check_ids_and_categories(self) -> None:
        for ingredient in self.ingredients:
            if ingredient.id < 1:
                raise ValueError(f"an id below 1: {_line(ingredient)}")
            if ingredient.category not in CATEGORIES:
                raise ValueError(f"an unknown category: {_line(ingredient)}")
            other = self._by_id.setdefault(ingredient.id, ingredient)
            if other is not ingredient:
                raise ValueError(f"the same id: {_line(other)} and {_line(ingredient)}")

    def _claim_names(self, ingredient: Ingredient) -> None:
        for name in ingredient.names:
            key = normalise(name)
            if not key:
                raise ValueError(f"an empty name: {_line(ingredient)}")
            if key in self._by_key:
                lines = f"{_line(self._by_key[key])} and {_line(ingredient)}"
                raise ValueError(f"the name {name!r} is claimed twice: {lines}")
            self._by_key[key] = ingredient

    def _claim_emoji(self, emoji: str, name: str) -> None:
        ingredient = self.match(name)
        if ingredient is None:
            raise ValueError(f"no ingredient {name!r} for {emoji}")
        key = normalise(emoji)
        if key in self._by_key:
            raise ValueError(f"{emoji} is claimed twice")
        self._by_key[key] = ingredient


def load_catalogue() -> Catalogue:
    """Read the catalogue that comes with the program.

    Raises:
        ValueError: A file is not a part of a catalogue; the message names the lines.
    """
    ingredients = map(_ingredient, _rows("ingredients.csv"))
    return Catalogue(ingredients, ((emoji, name) for emoji, name in _rows("emoji.csv")))


def _rows(file_name: str) -> list[list[str]]:
    """Return the rows of a file below its header, without comments."""
    text = files("fridge.catalogue").joinpath(file_name).read_text(encoding="utf-8")
    lines = (line for line in text.splitlines() if not line.startswith("#"))
    _, *rows = csv.reader(lines, strict=True)
    return rows


def _ingredient(row: list[str]) -> Ingredient:
    identifier, category, emoji, ko, en, place, fridge, freezer, pantry, *aliases = row
    ko_aliases, en_aliases = aliases
    return Ingredient(
        id=int(identifier),
        category=category,
        emoji=emoji,
        ko=ko,
        en=en,
        keeping=_keeping(place, fridge, freezer, pantry),
        ko_aliases=_aliases(ko_aliases),
        en_aliases=_aliases(en_aliases),
    )


@cache
def _keeping(place: str, fridge: str, freezer: str, pantry: str) -> Keeping:
    """Return the record of these columns, one for all the ingredients that keep alike."""
    return Keeping(Place(place), _days(fridge), _days(freezer), _days(pantry))


def _days(column: str) -> int | None:
    return int(column) if column else None


def _aliases(column: str) -> tuple[str, ...]:
    return tuple(column.split("|")) if column else ()


def _line(ingredient: Ingredient) -> str:
    return f"{ingredient.id} ({ingredient.ko}, {ingredient.en})"
