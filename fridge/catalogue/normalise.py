"""The keys by which names of ingredients are matched."""

import re
import unicodedata
from typing import Final

_DROPPED_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Pd", "Zl", "Zp", "Zs"})
_DROPPED_CHARACTERS = frozenset(
    "'`\u2018\u2019\u201b\u02bc\u2032"  # apostrophes, and the characters typed in their place
    "\u2212\u2043"  # the minus sign and the hyphen bullet
    "\u115f\u1160"  # Hangul fillers: letters that show nothing
).union(
    map(chr, range(0x0300, 0x0370)),  # accents, once they are apart from their letters
    map(chr, range(0xFE00, 0xFE10)),  # variation selectors
)
_SHORTEST_PLURAL = 4

_NOT_THE_SINGULAR: Final = frozenset({"baps", "mints", "peppers", "tots"})
"""Plurals that mean another thing than their singular: peppers are vegetables, pepper a spice."""

_PLAIN: Final = re.compile("[ A-Za-z0-9가-힣]*")
"""The form of nearly all names, for which removing spaces and lowering the case is enough."""


def normalise(name: str) -> str:
    """Return the key of a name: two names with the same key are the same ingredient.

    Case, width, accents, apostrophes, hyphens, white space and invisible characters do not
    count, nor does the plural of an English name. A name of which nothing remains gives "".

    The plural rule holds for keys of at least four characters that are all ASCII. A final s
    goes unless it follows another s (eggs, olives, but watercress). What plurals with -es and
    -ies share with their singular is then written in one way: a final ie becomes y (berries and
    berry, cookies and cookie), and the e of oe, che, she, sse and xe goes (tomatoes, peaches,
    radishes). A few plurals that mean another thing than their singular stay as they are (peppers).
    The result is a key, never shown to anybody, so "hummus" may well lose its s.

    The order matters for idempotence: case folding undoes compatibility decomposition for a few
    characters, so text is decomposed on both sides of it, and composed only at the very end.
    """
    if _PLAIN.fullmatch(name):
        key = name.replace(" ", "").lower()
        return _singular(key) if key.isascii() else key
    folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", name).casefold())
    kept = "".join(
        character
        for character in folded
        if character not in _DROPPED_CHARACTERS
        and unicodedata.category(character) not in _DROPPED_CATEGORIES
    )
    key = unicodedata.normalize("NFC", kept)
    return _singular(key) if key.isascii() else key


def _singular(key: str) -> str:
    if key in _NOT_THE_SINGULAR:
        return key
    if len(key) >= _SHORTEST_PLURAL and key.endswith("s") and not key.endswith("ss"):
        key = key[:-1]
    if len(key) < _SHORTEST_PLURAL:
        return key
    if key.endswith("ie"):
        return f"{key[:-2]}y"
    if key.endswith(("oe", "che", "she", "sse", "xe")):
        return key[:-1]
    return key
