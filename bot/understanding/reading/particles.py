"""Takes Korean particles off words, where they fit the sound before them."""

from collections.abc import Sequence
from typing import Final

from bot.understanding.words.korean_verbs import ends_closed, ends_in_l
from bot.understanding.words.lexicon import Particles

LONGEST_PARTICLE: Final = 5
AFTER_L: Final = frozenset({"로", "론", "로는"})
"""These follow ㄹ as they follow a vowel."""


def split_particle(word: str, particles: Particles) -> Sequence[tuple[str, str, str]]:
    """The ways to take a particle off a Korean word: what is left, the particle and its role."""
    if word[-1] not in particles.last_syllables:
        return ()
    return [
        (word[:-length], particle, role)
        for length in range(1, min(LONGEST_PARTICLE, len(word) - 1) + 1)
        if (role := particles.roles.get(particle := word[-length:]))
        and fits(word[:-length], particle, particles)
    ]


def fits(stem: str, particle: str, particles: Particles) -> bool:
    """Whether the particle can stand behind the last sound of the stem."""
    closed = ends_closed(stem)
    if particle in AFTER_L and ends_in_l(stem):
        return True
    if closed:
        return particle not in particles.after_vowel or particle in particles.after_consonant
    return particle not in particles.after_consonant or particle in particles.after_vowel
