"""Makes names of words that neither the catalogue nor the chat has."""

from typing import Final

from bot.understanding.names import MAX_NAME_LENGTH, Name, clean
from bot.understanding.reading.marks import Mark
from fridge.catalogue.normalise import normalise
from fridge.items import UNCATALOGUED, ItemKey

LONGEST_TYPED: Final = 2 * MAX_NAME_LENGTH
STEM_ROLES: Final = frozenset({"object", "also", "joining", "listing", "only", "is"})
PARTICLES_OF_UNKNOWN: Final = (
    *("이랑", "하고", "까지도", "이었어", "였어", "이야", "입니다"),
    *("랑", "을", "를", "도", "와", "과", "만", "야", "임"),
)


def typed_name(text: str) -> Name:
    """The name of a text that neither the catalogue nor the chat has."""
    typed = clean(text[:LONGEST_TYPED])
    return Name(typed, None, ItemKey(UNCATALOGUED, normalise(typed)))


def stem(mark: Mark) -> str:
    """A typed name without the particle behind it: 우유랑 is 우유."""
    said = mark.said
    if not mark.role or mark.role == "emoji" or mark.name is None:
        return said
    keys = (normalise(mark.name.typed), mark.name.key.name_key)
    stems = (said[:-length] for length in range(1, min(6, len(said))))
    return next((stem for stem in stems if normalise(stem) in keys), said)


def stem_of_unknown(mark: Mark) -> str:
    """An unknown Korean word without the particle that it probably ends with."""
    said = mark.said
    if mark.role not in STEM_ROLES:
        return said
    for particle in PARTICLES_OF_UNKNOWN:
        if said.endswith(particle) and len(said) > len(particle):
            return said.removesuffix(particle)
    return said
