"""Finds the names of ingredients in what a person typed. Never fails, whatever it is given."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from bot.understanding.slices import Steps, finish_at_once
from bot.understanding.spoken_names import bare_forms, named_together
from fridge.catalogue.catalogue import Catalogue, Ingredient
from fridge.catalogue.normalise import normalise
from fridge.items import UNCATALOGUED, ItemKey, NewItem

MAX_NAME_LENGTH: Final = 64
MAX_NAMES: Final = 50
MAX_WORDS: Final = 6
"""The longest names of the catalogue have five; one more for a number."""
LONGEST_PART: Final = 1024
"""What is read of a part of a message: many short names with an "and" between them."""
MAX_STACKED_MARKS: Final = 4
"""More accents on one letter than any language has spill over the lines around it."""

SEPARATORS: Final = r",，、﹐︐\n\r\v\f\x1c-\x1e\x85\u2028\u2029"
PART: Final = re.compile(f"[^{SEPARATORS}]+")

LIST_MARKS: Final = " -–—•·*.!?;:/@"
"""What people put around a name in a list or a sentence, and do not mean as part of it.

Also what would make a command or a mention of a name when the bot repeats it.
"""

PLAIN: Final = re.compile("[ -~가-힣]*")
"""What is clean as it is, but for its spaces: as nearly all names are."""

# What follows has to begin like a name, so that 1.5 l of something keeps its number.
LIST_NUMBER: Final = re.compile(
    r"(?:\(?\d{1,3}[.)]|\[[ xX✓✔]?\]|[☐☑☒✅✓✔□■▢▪▫◻◼○●◦‣▶►]\ufe0f?) ?(?=[^\s\d]|(?<= )\d)"
)
"""The number or the box before a thing in a list."""

# Controls, formats, surrogates and private use. An unassigned character may be an emoji that is
# newer than this Python.
INVISIBLE_CATEGORIES: Final = frozenset({"Cc", "Cf", "Cs", "Co"})

# What shows nothing although it is of another category: the Default_Ignorable_Code_Points of
# https://www.unicode.org/Public/UCD/latest/ucd/DerivedCoreProperties.txt, and other blanks.
IGNORABLE: Final = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2065\u2800\u3164"
    "\ufe00-\ufe0e\uffa0\ufff0-\ufff8\ufffc\U00016fe4\U0001d159\U000e0000-\U000e0fff]"
)

# These make one emoji out of several, or a coloured one out of a sign; elsewhere they only hide.
EMOJI: Final = "\u00a9\u00ae\u203c-\u2bff\u3030-\u3299\U0001f000-\U0001faff"
ZERO_WIDTH_JOINER: Final = "\u200d"
STRAY_SELECTOR: Final = re.compile(f"(?<![#*0-9{EMOJI}])\ufe0f")
STRAY_JOINER: Final = re.compile(f"(?<![\ufe0f{EMOJI}])\u200d|\u200d(?![{EMOJI}])")


@dataclass(frozen=True, slots=True)
class Name:
    """A name as a person typed it, cleaned, with what it stands for."""

    typed: str
    ingredient: Ingredient | None
    key: ItemKey

    @property
    def keys(self) -> Sequence[ItemKey]:
        """Its key, and the one that it had if it was added before the catalogue knew it."""
        return (self.key, ItemKey(UNCATALOGUED, normalise(self.typed)))

    @property
    def is_too_long(self) -> bool:
        """Whether no fridge takes it, as it was typed or as it is matched."""
        return len(self.typed) > MAX_NAME_LENGTH or len(self.key.name_key) > 2 * MAX_NAME_LENGTH

    def as_new_item(self) -> NewItem:
        """What the fridge keeps of it: the typed form only where the catalogue has no better."""
        return NewItem(self.key, "" if self.ingredient else self.typed)


@dataclass(frozen=True, slots=True)
class Names:
    """The names in a message: those that can be used, and those that can't.

    `one_too_many` is the first that is left out because there are too many; what follows it is not
    read.
    """

    usable: Sequence[Name]
    too_long: Sequence[str]
    one_too_many: str = ""


def find_names(text: str, catalogue: Catalogue, most: int = MAX_NAMES) -> Names:
    """Find the names in a short text, in one go; see `reading_names`."""
    return finish_at_once(reading_names((text,), catalogue, most))


def reading_names(texts: Iterable[str], catalogue: Catalogue, most: int) -> Steps[Names]:
    """Split texts at commas and line ends into names, each once, in their order.

    Where a part of it is several things of the catalogue, as in "milk and eggs", each is a name. At
    most so many names of at most 64 characters are usable. Reading ends at the next one.
    """
    usable: dict[ItemKey, Name] = {}
    too_long: list[str] = []
    seen: set[str] = set()
    # Texts can be made in which a search takes long, and finds no name that is not there already.
    searches_left = 2 * most
    for text in texts:
        yield
        for found in PART.finditer(text):
            yield
            part = found[0]
            if part in seen:
                continue
            seen.add(part)
            whole = _whole_name(_tidied(part[:LONGEST_PART]), catalogue)
            names: Sequence[Name] = [whole] if whole else []
            # What is left out is only said again: nobody has to find out what it means.
            if whole and not whole.ingredient and searches_left and len(usable) < most:
                searches_left -= 1
                names = _known_in(whole.typed, catalogue) or names
            for name in names:
                if name.is_too_long:
                    too_long.append(name.typed)
                elif name.key in usable:
                    continue
                elif len(usable) == most:
                    return Names(list(usable.values()), too_long, name.typed)
                else:
                    usable[name.key] = name
    return Names(list(usable.values()), too_long)


def names_in_a_row(name: Name, catalogue: Catalogue) -> Sequence[Name]:
    """The things of the catalogue that an unknown name consists of, such as those of "milk eggs".

    There is none unless there are several: what has two names in its own may be a dish of them.
    """
    words = name.typed.split()
    found: dict[ItemKey, Name] = {}
    while words:
        beginnings = (" ".join(words[:count]) for count in range(MAX_WORDS, 0, -1))
        known = next(filter(None, (_known(one, catalogue) for one in beginnings)), None)
        if known is None:
            return []
        found[known.key] = known
        words = words[len(known.typed.split()) :]
    return list(found.values()) if len(found) > 1 else []


def clean(text: str) -> str:
    """The text without what can't be seen or changes how its neighbours are shown.

    Control characters, bidirectional overrides and zero-width characters go; what joins an emoji
    out of several stays. White space becomes single spaces.
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


def _whole_name(typed: str, catalogue: Catalogue) -> Name | None:
    """The one name that a part of a message is as a whole, if there is anything in it."""
    name_key = normalise(typed) if len(typed) <= MAX_NAME_LENGTH else typed
    if not any(map(_names_something, name_key)):
        return None
    ingredient = catalogue.match_key(name_key)
    key = ItemKey(ingredient.id) if ingredient else ItemKey(UNCATALOGUED, name_key)
    return Name(typed, ingredient, key)


def _known_in(typed: str, catalogue: Catalogue) -> Sequence[Name]:
    """The things of the catalogue that a part of a message consists of, if it does."""

    def find(part: str) -> Name | None:
        return _known(_tidied(part), catalogue)

    known = find(typed)
    return [known] if known else named_together(typed, find, MAX_NAME_LENGTH)


def _known(typed: str, catalogue: Catalogue) -> Name | None:
    """The name, if it is of the catalogue, apart from what is said around it."""
    if len(typed) > MAX_NAME_LENGTH:
        return None
    found = (catalogue.match(form) for form in bare_forms(typed))
    ingredient = next(filter(None, found), None)
    return Name(typed, ingredient, ItemKey(ingredient.id)) if ingredient else None


def _tidied(part: str) -> str:
    tidied = clean(part).strip(LIST_MARKS)
    if number := LIST_NUMBER.match(tidied):
        tidied = tidied[number.end() :].lstrip(LIST_MARKS)
    return tidied


def _names_something(character: str) -> bool:
    """Whether it is a letter, a digit, or an emoji, also one that is newer than this Python."""
    category = unicodedata.category(character)
    return category[0] in "LN" or category in {"So", "Cn"}


def _without_stacks(text: str) -> str:
    """The text without marks that have no letter below them, or too many marks below."""
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
