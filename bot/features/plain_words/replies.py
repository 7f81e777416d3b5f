"""A reply that names nothing means what the message has that it replies to."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Final

from bot.conversation.requests import Request
from bot.features.common.chats import Chat, reader
from bot.features.services import Services
from bot.understanding.meaning import Act, Deed, Parse
from fridge.items import Item

MOST_ASKED: Final = 5
"""A reply to a message with more things is not asked about: it would say nothing of them."""

PRONOUN: Final = re.compile(
    r"\b(?:it|them|that|those|this|these)\b|이거|그거|이것|그것|저거", re.IGNORECASE
)
PRONOUN_BEFORE_END: Final = re.compile(
    r"\b(?P<verb>\w+) (?:it|them|that) (?P<end>up|out|off|away|in)\b", re.IGNORECASE
)
ABOUT_THINGS: Final = frozenset({Act.TAKE, Act.USE, Act.BAD})


def names_nothing(found: Parse) -> bool:
    """Tell whether a text could be about what it replies to: it has an act or an amount alone."""
    return all(
        (
            deed.act in (Act.UNSURE, Act.ASK)
            and not (
                deed.things or deed.everything or deed.category or deed.place or deed.left_over
            )
        )
        or _has_pronoun(deed)
        for deed in found.deeds
    )


def meant_by_reply(request: Request, chat: Chat, services: Services) -> Parse | None:
    """Return what a text means about the things that its message replies to; None if nothing.

    Of several things, only that all of them are gone is understood, and asked about.
    """
    items = _items_in(request.quoted, chat)
    if not items or len(items) > MOST_ASKED:
        return None
    read = reader(chat, services)
    found = [_about(item, request.text, read) for item in items]
    decided = [one for one in found if one is not None]
    if len(decided) < len(items):
        return None
    if len(items) == 1:
        return _unless_unclear(decided[0], items[0])
    deeds = [deed for one in decided for deed in one.deeds]
    if any(deed.act not in ABOUT_THINGS or _has_amount(deed) for deed in deeds):
        return None
    things = [thing for deed in deeds for thing in deed.things]
    return Parse((Deed(Act.UNSURE, things, guess=Act.TAKE),))


def _has_pronoun(deed: Deed) -> bool:
    is_alone = len(deed.left_over) == 1 and not deed.things
    return is_alone and PRONOUN.fullmatch(deed.left_over[0]) is not None


def _items_in(quoted: str, chat: Chat) -> Sequence[Item]:
    """Return an item for each name of the fridge that a text has; longer names count first."""
    found: dict[object, Item] = {}
    taken: list[tuple[int, int]] = []
    spelled = [(name, item) for item in chat.fridge.items for name in _spellings(item)]
    for name, item in sorted(spelled, key=lambda one: -len(one[0])):
        for match in re.finditer(rf"(?<!\w){re.escape(name)}(?![a-z])", quoted, re.IGNORECASE):
            span = match.span()
            if all(span[1] <= begin or end <= span[0] for begin, end in taken):
                taken.append(span)
                found.setdefault(item.key, item)
    return list(found.values())


def _spellings(item: Item) -> Iterator[str]:
    yield from {item.name} if item.name else {item.ko, item.en}


def _about(item: Item, text: str, read: Callable[[str], Parse]) -> Parse | None:
    """Return what a text means if it is about an item, in any order of the words."""
    for said in _with_name(item.name or _fitting(item, text), text):
        found = read(said)
        keys = {one.name.key for deed in found.deeds for one in deed.things}
        is_decided = all(deed.act is not Act.UNSURE and deed.things for deed in found.deeds)
        if is_decided and keys == {item.key}:
            return found
    return None


def _fitting(item: Item, text: str) -> str:
    """Return the name of an ingredient in the language of a text."""
    return item.ko if re.search("[가-힣]", text) else item.en


def _with_name(name: str, text: str) -> Iterator[str]:
    if PRONOUN_BEFORE_END.search(text):
        yield PRONOUN_BEFORE_END.sub(rf"\g<verb> \g<end> the {name}", text)
    if PRONOUN.search(text):
        yield PRONOUN.sub(name, text)
        return
    yield f"{name} {text}"
    yield f"{text} {name}"
    yield f"{text} the {name}"


def _unless_unclear(found: Parse, item: Item) -> Parse:
    """Return a meaning; an amount alone, of something with an amount, may be more or all of it."""
    [deed, *others] = found.deeds
    if others or not (deed.is_bare and deed.act is Act.PUT and item.lot.amount):
        return found
    return Parse((replace(deed, act=Act.UNSURE, guess=Act.PUT, is_bare=False),))


def _has_amount(deed: Deed) -> bool:
    return any(thing.lot.amount is not None or thing.share is not None for thing in deed.things)
