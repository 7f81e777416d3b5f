"""Names as people type them, cleaned, with their ingredients. No text makes it fail."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from fridge.catalogue.catalogue import Catalogue, Ingredient
from fridge.catalogue.normalise import normalise
from fridge.items import UNCATALOGUED, ItemKey, NewItem

MAX_NAME_LENGTH: Final = 64
MAX_NAMES: Final = 50
LONGEST_PART: Final = 1024
"""How many characters between two commas are read."""
MAX_STACKED_MARKS: Final = 4
"""No language puts more accents on a letter; a larger stack would cover the lines around it."""

SEPARATORS: Final = r",，、﹐︐\n\r\v\f\x1c-\x1e\x85\u2028\u2029"
PART: Final = re.compile(f"[^{SEPARATORS}]+")

LIST_MARKS: Final = " -–—•·*.!?;:/@"
"""Signs around a name, in a list or a sentence, that are no part of the name.

Among them are those that would turn a name into a command or a mention when the bot repeats it.
"""

PLAIN: Final = re.compile("[ -~가-힣]*")
"""Text that needs no cleaning except of its spaces, as nearly all names."""

# The next character must begin a name, so that "1.5 l milk" keeps its number.
LIST_NUMBER: Final = re.compile(
    r"(?:\(?\d{1,3}[.)]|\[[ xX✓✔]?\]|[☐☑☒✅✓✔□■▢▪▫◻◼○●◦‣▶►]\ufe0f?) ?(?=[^\s\d]|(?<= )\d)"
)
"""The number or the box before an entry of a list."""

# Controls, formats, surrogates and private use. Unassigned characters are kept: they may be emoji
# that are newer than this Python.
INVISIBLE_CATEGORIES: Final = frozenset({"Cc", "Cf", "Cs", "Co"})

# Invisible characters of other categories: the Default_Ignorable_Code_Points of
# https://www.unicode.org/Public/UCD/latest/ucd/DerivedCoreProperties.txt, and other blanks.
IGNORABLE: Final = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2065\u2800\u3164"
    "\ufe00-\ufe0e\uffa0\ufff0-\ufff8\ufffc\U00016fe4\U0001d159\U000e0000-\U000e0fff]"
)

# A joiner makes one emoji of several, and a selector colours a sign; elsewhere both are invisible.
EMOJI: Final = "\u00a9\u00ae\u203c-\u2bff\u3030-\u3299\U0001f000-\U0001faff"
ZERO_WIDTH_JOINER: Final = "\u200d"
STRAY_SELECTOR: Final = re.compile(f"(?<![#*0-9{EMOJI}])\ufe0f")
STRAY_JOINER: Final = re.compile(f"(?<![\ufe0f{EMOJI}])\u200d|\u200d(?![{EMOJI}])")


@dataclass(frozen=True, slots=True)
class Name:
    """A name as a person typed it, cleaned, with its ingredient; None for an unknown name."""

    typed: str
    ingredient: Ingredient | None
    key: ItemKey

    @property
    def keys(self) -> Sequence[ItemKey]:
        """Return the keys under which a fridge may hold the item.

        The second is the key of an item that was put in before the catalogue knew the name.
        """
        return (self.key, ItemKey(UNCATALOGUED, normalise(self.typed)))

    @property
    def is_too_long(self) -> bool:
        """Tell whether the name is too long for a fridge, as typed or as matched."""
        return len(self.typed) > MAX_NAME_LENGTH or len(self.key.name_key) > 2 * MAX_NAME_LENGTH

    def as_new_item(self) -> NewItem:
        """Return the item for the fridge, with the typed name only if the catalogue has none."""
        return NewItem(self.key, "" if self.ingredient else self.typed)


def names_between_separators(text: str, catalogue: Catalogue) -> Sequence[Name]:
    """Return what stands between the commas and line ends of a text, each once, as names."""
    names: dict[ItemKey, Name] = {}
    for found in PART.finditer(text):
        if name := whole_name(found[0][:LONGEST_PART], catalogue):
            names.setdefault(name.key, name)
    return list(names.values())


def whole_name(text: str, catalogue: Catalogue) -> Name | None:
    """Return a text as one name; None if it has no letter, digit or emoji."""
    typed = _tidied(text)
    name_key = normalise(typed) if len(typed) <= MAX_NAME_LENGTH else typed
    if not any(map(_names_something, name_key)):
        return None
    ingredient = catalogue.match_key(name_key)
    key = ItemKey(ingredient.id) if ingredient else ItemKey(UNCATALOGUED, name_key)
    return Name(typed, ingredient, key)


def clean(text: str) -> str:
    """Return a text without characters that are invisible or change how their neighbours look.

    Control characters, bidirectional overrides and zero-width characters are removed; joiners
    within an emoji stay. White space becomes single spaces.
    """
    if PLAIN.fullmatch(text):
        return " ".join(text.split())
    visible = "".join(
        " " if character.isspace() else character
        for character in unicodedata.normalize("NFC", IGNORABLE.sub("", text))
        if character.isspace() or _is_visible(character)
    )
    joined = STRAY_JOINER.sub("", STRAY_SELECTOR.sub("", visible))
    return unicodedata.normalize("NFC", " ".join(_without_stacks(joined).split()))


def _tidied(part: str) -> str:
    tidied = clean(part).strip(LIST_MARKS)
    if number := LIST_NUMBER.match(tidied):
        tidied = tidied[number.end() :].lstrip(LIST_MARKS)
    return tidied


def _names_something(character: str) -> bool:
    """Tell whether a character is a letter, a digit or an emoji; also an unassigned one."""
    category = unicodedata.category(character)
    return category[0] in "LN" or category in {"So", "Cn"}


def _without_stacks(text: str) -> str:
    """Return a text without accents that have no letter, or too many accents, below them."""
    kept: list[str] = []
    marks = 0
    for character in text:
        marks = marks + 1 if unicodedata.category(character).startswith("M") else 0
        if not marks or (kept and kept[-1] != " " and marks <= MAX_STACKED_MARKS):
            kept.append(character)
    return "".join(kept)


def _is_visible(character: str) -> bool:
    return (
        character == ZERO_WIDTH_JOINER
        or unicodedata.category(character) not in INVISIBLE_CATEGORIES
    )
