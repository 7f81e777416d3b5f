"""Names and lists of names in messages. Only this module escapes the text of a person."""

import unicodedata
from collections.abc import Callable, Sequence
from functools import lru_cache
from html import escape, unescape
from typing import Final, Protocol, TypeVar

from bot.features.common.encodings import UTF_16_UNITS
from bot.locale.language import Language
from bot.understanding.names import Name
from fridge.catalogue.catalogue import Catalogue
from fridge.items import Item, NewItem

Thing = TypeVar("Thing")

FIRST_STRONG_ISOLATE: Final = "\u2068"
POP_DIRECTIONAL_ISOLATE: Final = "\u2069"
NO_BREAK_SPACE: Final = "\u00a0"
ZERO_WIDTH_JOINER: Final = "\u200d"
MAX_QUOTED: Final = 32
"""A name that is cut keeps this many characters. One of up to twice as many is shown whole."""

REMEMBERED: Final = 1024
"""How many names are remembered; most are those of the few hundred things of households."""

MAX_ON_BUTTON: Final = 30
"""A label with a name has at most this many characters of the name."""


class Named(Protocol):
    """An ingredient or an item of the catalogue: an emoji, and a name in each language."""

    @property
    def emoji(self) -> str:
        """The emoji."""
        ...

    @property
    def ko(self) -> str:
        """The Korean name."""
        ...

    @property
    def en(self) -> str:
        """The English name."""
        ...


def typed_html(name: str) -> str:
    """Return a name that a person typed as HTML; a very long name is cut.

    A name with right-to-left letters is isolated, so that the text around it keeps its order.
    """
    shown = name if len(name) <= 2 * MAX_QUOTED else f"{name[:MAX_QUOTED]}…"
    return escape(_isolated(shown), quote=False)


def plain_name(named: Named, language: Language) -> str:
    """Return the name of an ingredient as plain text."""
    return named.ko if language is Language.KOREAN else named.en


def ingredient_html(named: Named, language: Language) -> str:
    """Return the emoji and the name of an ingredient as HTML, never wrapped between the two."""
    return f"{named.emoji}{NO_BREAK_SPACE}{escape(plain_name(named, language), quote=False)}"


def name_html(name: Name, language: Language) -> str:
    """Return HTML for a name: the ingredient's emoji and name, or the text as it was typed."""
    if name.ingredient is None:
        return typed_html(name.typed)
    return ingredient_html(name.ingredient, language)


def item_html(item: Item, language: Language) -> str:
    """Return HTML for an item of a fridge."""
    return typed_html(item.name) if item.name else ingredient_html(item, language)


def new_item_html(item: NewItem, catalogue: Catalogue, language: Language) -> str:
    """Return HTML for an item that was put in or taken out."""
    ingredient = catalogue.find(item.key.ingredient_id)
    return ingredient_html(ingredient, language) if ingredient else typed_html(item.name)


def typed_label(name: str) -> str:
    """Return a typed name for a label, which is plain text: cut if it is long, and isolated."""
    if len(name) > MAX_ON_BUTTON:
        name = f"{name[: MAX_ON_BUTTON - 1].rstrip(f' {ZERO_WIDTH_JOINER}')}…"
    return _isolated(name)


def ingredient_label(ingredient: Named, language: Language) -> str:
    """Return the label of an ingredient: its emoji and name."""
    return f"{ingredient.emoji} {typed_label(plain_name(ingredient, language))}"


def name_label(name: Name, language: Language) -> str:
    """Return the label of a name: the ingredient, or the text as it was typed."""
    if name.ingredient is None:
        return typed_label(name.typed)
    return ingredient_label(name.ingredient, language)


def item_label(item: Item, language: Language) -> str:
    """Return the label of an item of a fridge: the ingredient, or the text as it was typed."""
    return typed_label(item.name) if item.name else ingredient_label(item, language)


def has_words(name: str) -> bool:
    """Tell whether a label has a letter: an emoji or a number alone is not clear on a button."""
    return any(map(str.isalpha, name))


def new_item_label(item: NewItem, catalogue: Catalogue, language: Language) -> str:
    """Return the label of an item that was put in or taken out."""
    ingredient = catalogue.find(item.key.ingredient_id)
    return ingredient_label(ingredient, language) if ingredient else typed_label(item.name)


def comma_list(
    things: Sequence[Thing], show: Callable[[Thing], str], budget: int, language: Language
) -> str:
    """Return names with commas between them; those that do not fit are only counted.

    Args:
        things: have the names.
        show: returns the name of a thing, as HTML or for a label; called only as often as needed.
        budget: how long the list may be in UTF-16 code units, in which Telegram counts the length
            of a message. The first name is always listed.
        language: of the words for the rest.
    """
    taken: list[str] = []
    for name in map(show, things):
        budget -= shown_length(name) + len(", ")
        if taken and budget < 0:
            break
        taken.append(name)
    rest = len(things) - len(taken)
    if not rest:
        return ", ".join(taken)
    return language.ngettext("{names} and {count} more", "{names} and {count} more", rest).format(
        names=", ".join(taken), count=rest
    )


def sentence_with_names(
    sentence: str, names: Sequence[Name], budget: int, language: Language, **values: object
) -> str:
    """Return a sentence with the list of names in place of `{names}`; empty without names."""
    if not names:
        return ""
    shown = comma_list(names, lambda name: name_html(name, language), budget, language)
    return sentence.format(names=shown, **values)


def shown_length(name: str) -> int:
    """Return the length of HTML as Telegram counts it: in UTF-16 code units of the text."""
    return len(unescape(name).encode(UTF_16_UNITS)) // 2


@lru_cache(REMEMBERED)
def _isolated(name: str) -> str:
    if any(unicodedata.bidirectional(character) in ("R", "AL", "AN") for character in name):
        return f"{FIRST_STRONG_ISOLATE}{name}{POP_DIRECTIONAL_ISOLATE}"
    return name
