"""Names and lists of them in a message. What a person typed is escaped here and nowhere else."""

import unicodedata
from collections.abc import Iterable, Sequence
from html import escape, unescape
from typing import Final, Protocol

from bot.language import Language
from bot.names import Name
from db.fridges import Item

FIRST_STRONG_ISOLATE: Final = "\u2068"
POP_DIRECTIONAL_ISOLATE: Final = "\u2069"
NO_BREAK_SPACE: Final = "\u00a0"
MAX_QUOTED: Final = 32


class Named(Protocol):
    """Something with a name in each language."""

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
    if any(unicodedata.bidirectional(character) in ("R", "AL", "AN") for character in shown):
        shown = f"{FIRST_STRONG_ISOLATE}{shown}{POP_DIRECTIONAL_ISOLATE}"
    return escape(shown, quote=False)


def in_language(named: Named, language: Language) -> str:
    """The name of an ingredient, as HTML."""
    return escape(named.ko if language is Language.KOREAN else named.en, quote=False)


def of_name(name: Name, language: Language) -> str:
    """What stands for a name in a reply: the ingredient's emoji and name, or what was typed."""
    if name.ingredient is None:
        return typed(name.typed)
    return with_emoji(name.ingredient.emoji, in_language(name.ingredient, language))


def of_item(item: Item, language: Language) -> str:
    """What stands for an item in a list."""
    return typed(item.name) if item.name else with_emoji(item.emoji, in_language(item, language))


def with_emoji(emoji: str, name: str) -> str:
    """The name behind its emoji, on one line with it."""
    return f"{emoji}{NO_BREAK_SPACE}{name}"


def listed(shown: Iterable[str], budget: int, language: Language) -> str:
    """The names with commas between them, and how many more there are where they do not fit.

    Args:
        shown: names as HTML.
        budget: UTF-16 code units that the list may take, as Telegram counts a message's length. The
            first name is there in any case.
        language: of the words for the rest.
    """
    names = list(shown)
    taken: list[str] = []
    for name in names:
        budget -= shown_length(name) + len(", ")
        if taken and budget < 0:
            break
        taken.append(name)
    rest = len(names) - len(taken)
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
    shown = listed((of_name(name, language) for name in names), budget, language)
    return sentence.format(names=shown, **values)


def shown_length(name: str) -> int:
    """The length of a name, given as HTML, as Telegram counts it: in UTF-16 code units."""
    return len(unescape(name).encode("utf-16-le")) // 2
