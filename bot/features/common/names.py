"""Names and lists of them in a message. What a person typed is escaped here and nowhere else."""

import unicodedata
from collections.abc import Callable, Sequence
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
MAX_ON_BUTTON: Final = 30


class Named(Protocol):
    """Something with an emoji, and a name in each language."""

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


def typed(name: str) -> str:
    """A name that a person typed, as HTML, cut where it is over-long.

    A name with right-to-left letters is isolated, so that its neighbours stay in their places.
    """
    shown = name if len(name) <= 2 * MAX_QUOTED else f"{name[:MAX_QUOTED]}…"
    return escape(_isolated(shown), quote=False)


def plain_name(named: Named, language: Language) -> str:
    """The name of an ingredient, as it is typed."""
    return named.ko if language is Language.KOREAN else named.en


def in_language(named: Named, language: Language) -> str:
    """The name of an ingredient, as HTML."""
    return escape(plain_name(named, language), quote=False)


def of_name(name: Name, language: Language) -> str:
    """What stands for a name in a reply: the ingredient's emoji and name, or what was typed."""
    if name.ingredient is None:
        return typed(name.typed)
    return with_emoji(name.ingredient.emoji, in_language(name.ingredient, language))


def of_item(item: Item, language: Language) -> str:
    """What stands for an item in a list."""
    return typed(item.name) if item.name else with_emoji(item.emoji, in_language(item, language))


def of_new_item(item: NewItem, catalogue: Catalogue, language: Language) -> str:
    """What stands for what was put in or taken out."""
    ingredient = catalogue.find(item.key.ingredient_id)
    if ingredient is None:
        return typed(item.name)
    return with_emoji(ingredient.emoji, in_language(ingredient, language))


def on_button(name: str) -> str:
    """A name on a button, which shows plain text: cut where it is long, and isolated as above."""
    if len(name) > MAX_ON_BUTTON:
        name = f"{name[: MAX_ON_BUTTON - 1].rstrip(f' {ZERO_WIDTH_JOINER}')}…"
    return _isolated(name)


def ingredient_on_button(ingredient: Named, language: Language) -> str:
    """What stands for an ingredient on a button: the emoji and the name."""
    return f"{ingredient.emoji} {on_button(plain_name(ingredient, language))}"


def name_on_button(name: Name, language: Language) -> str:
    """What stands for a name on a button: the ingredient, or what was typed."""
    if name.ingredient is None:
        return on_button(name.typed)
    return ingredient_on_button(name.ingredient, language)


def item_on_button(item: Item, language: Language) -> str:
    """What stands for an item on its button: the ingredient, or what was typed."""
    return on_button(item.name) if item.name else ingredient_on_button(item, language)


def has_words(name: str) -> bool:
    """Whether a name says something by itself: an emoji or a number alone is no label."""
    return any(map(str.isalpha, name))


def new_item_on_button(item: NewItem, catalogue: Catalogue, language: Language) -> str:
    """What stands for what was put in or taken out on a button."""
    ingredient = catalogue.find(item.key.ingredient_id)
    return ingredient_on_button(ingredient, language) if ingredient else on_button(item.name)


def with_emoji(emoji: str, name: str) -> str:
    """The name behind its emoji, on one line with it."""
    return f"{emoji}{NO_BREAK_SPACE}{name}"


def listed(
    things: Sequence[Thing], show: Callable[[Thing], str], budget: int, language: Language
) -> str:
    """The names with commas between them, and how many more there are where they do not fit.

    Args:
        things: what has the names.
        show: the name of one, as HTML; it is asked for no more than are shown, and one.
        budget: UTF-16 code units that the list may take, as Telegram counts a message's length. The
            first name is there in any case.
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


def sentence_with(
    sentence: str, names: Sequence[Name], budget: int, language: Language, **values: object
) -> str:
    """A sentence about some names, with the list in place of `{names}`; nothing where none are."""
    if not names:
        return ""
    shown = listed(names, lambda name: of_name(name, language), budget, language)
    return sentence.format(names=shown, **values)


def shown_length(name: str) -> int:
    """The length of a name, given as HTML, as Telegram counts it: in UTF-16 code units."""
    return len(unescape(name).encode(UTF_16_UNITS)) // 2


def _isolated(name: str) -> str:
    if any(unicodedata.bidirectional(character) in ("R", "AL", "AN") for character in name):
        return f"{FIRST_STRONG_ISOLATE}{name}{POP_DIRECTIONAL_ISOLATE}"
    return name
