"""What is known of a chat when one of its texts is read: its fridge, its language, its day."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import partial
from typing import Final

from bot.conversation.requests import Request
from bot.features.common.days import today_in, zone_of
from bot.features.services import Services, reply_language
from bot.locale.language import Language
from bot.understanding.command_words import names_beside
from bot.understanding.lists import as_typed, parts_of
from bot.understanding.meaning import Act, Deed, Parse
from bot.understanding.names import MAX_NAMES, whole_name
from bot.understanding.parse import (
    names_only,
    own_names,
    parse,
    parse_alone,
    reading_receipt,
)
from bot.understanding.reading.known_names import KnownNames
from bot.understanding.slices import Steps
from fridge.outcomes import Fridge, FridgeRead

ACT_OF: Final = {"add": Act.PUT, "remove": Act.TAKE}
"""The act of each command whose argument is a list of things."""

PUTTING: Final = (None, Act.PUT, Act.MOVE)
"""What a text may be guessed to be that goes in as typed after `/add`."""

MOST_WORDS: Final = 3
"""A name in a list has at most so many words; more may be a sentence."""


@dataclass(frozen=True, slots=True)
class Chat:
    """A chat as it was read.

    `names` are those that it typed itself, and `today` is in its time zone, both as of the time
    `at`, when the request was first delivered: delivered again, a text means the same.
    """

    fridge: Fridge
    language: Language
    today: date
    is_american: bool
    names: Sequence[str]
    at: datetime


def _chat_of(read: FridgeRead, request: Request) -> Chat:
    fridge = read.fridge
    language = reply_language(fridge.language, request)
    zone = zone_of(fridge, language)
    today = today_in(fridge, read.at, language)
    is_american = zone.startswith("America/") or zone == "Pacific/Honolulu"
    return Chat(fridge, language, today, is_american, read.names, read.at)


async def read_chat(request: Request, services: Services) -> Chat:
    """Read the fridge of a request's chat; see `FridgeRepository.list_for`."""
    return _chat_of(await services.fridges.list_for(request.key, request.now), request)


async def understand(
    request: Request, services: Services, command: str = ""
) -> tuple[Parse, Chat | None]:
    """Return what the text of a request means, and the chat, if it had to be read for that.

    A list of names of the catalogue means the same in every chat, so that adding it takes one round
    trip to the database.

    Args:
        request: has the text.
        services: read the chat.
        command: `add` or `remove`, where the text is the argument of that command.
    """
    alone = parse_alone(request.text, services.knowledge)
    if alone and not command:
        return alone, None
    if alone and alone.deeds[0].act is Act.PUT:
        deed = replace(alone.deeds[0], act=ACT_OF[command], is_order=True)
        return replace(alone, deeds=[deed]), None
    chat = await read_chat(request, services)
    text = f"/{command} {request.text}" if command else request.text
    found = reader(chat, services)(text)
    if found.is_receipt:
        return found, chat
    if whole := _of_names(request.text, found, chat, services, command):
        return whole, chat
    deeds = _under_command(found.deeds, command) if command else _not_turned_round(found.deeds)
    return replace(found, deeds=deeds), chat


def _of_names(
    text: str, found: Parse, chat: Chat, services: Services, command: str
) -> Parse | None:
    """Return what a text means that has only names beside its command; None for any other."""
    if command == "add":
        return _as_typed(text, found, chat, services)
    if command == "remove":
        return _out_as_typed(text, found, chat, services)
    for word, as_after in (("add", _as_typed), ("remove", _out_as_typed)):
        names = names_beside(word, text)
        if names and names_only(names, services.knowledge, _own(chat)):
            return as_after(names, found, chat, services)
    return _listed(text, found, chat, services)


def _listed(text: str, found: Parse, chat: Chat, services: Services) -> Parse | None:
    """Return the names of a text that lists some with signs in them, such as `milk, <b>quark</b>`.

    None where the text is understood otherwise, or a name has so many words that it may be talk.
    """
    if found.unread or not any(deed.act is Act.UNSURE for deed in found.deeds):
        return None
    parts = parts_of(text)
    if not (len(parts) <= MAX_NAMES and all(len(part.split()) <= MOST_WORDS for part in parts)):
        return None
    if not names_only(text, services.knowledge, _own(chat)):
        return None
    things = as_typed(parts, reader(chat, services), services.catalogue)
    return replace(found, deeds=[Deed(Act.PUT, things, is_bare=True)]) if things else None


def _as_typed(text: str, found: Parse, chat: Chat, services: Services) -> Parse | None:
    """Return the names of an `/add` that is not understood otherwise, as they were typed.

    What is understood, and is not so, stays: a negation, a condition. Of many parts, only the first
    are read.
    """
    if not found.unread and all(deed.act is not Act.UNSURE for deed in found.deeds):
        return None
    if not all(deed.act in (Act.UNSURE, Act.PUT) and deed.guess in PUTTING for deed in found.deeds):
        return None
    read = reader(chat, services)
    parts = parts_of(text)
    things = as_typed(parts[:MAX_NAMES], lambda part: read(f"/add {part}"), services.catalogue)
    deed = Deed(Act.PUT, things, is_order=True)
    return replace(found, deeds=[deed], unread=", ".join(parts[MAX_NAMES:])) if things else None


def _out_as_typed(text: str, found: Parse, chat: Chat, services: Services) -> Parse | None:
    """Return what a `/remove` means that is not understood as a whole, part by part.

    None if a part says more than names: that might turn the others round. Of many parts, only the
    first are read.
    """
    if not found.unread and all(deed.act is not Act.UNSURE for deed in found.deeds):
        return None
    read = reader(chat, services)
    in_fridge = {item.key for item in chat.fridge.items}
    parts = parts_of(text)

    def says_more(part: str) -> bool:
        name = whole_name(part, services.catalogue)
        if name and not in_fridge.isdisjoint(name.keys):
            return False
        deeds = read(f"/remove {part}").deeds
        return any(
            deed.act is not Act.TAKE and any(thing.is_known for thing in deed.things)
            for deed in deeds
        )

    if any(map(says_more, parts[:MAX_NAMES])):
        return None
    things = as_typed(
        parts[:MAX_NAMES], lambda part: read(f"/remove {part}"), services.catalogue, Act.TAKE
    )
    deed = Deed(Act.TAKE, things, is_order=True)
    return Parse((deed,), unread=", ".join(parts[MAX_NAMES:])) if things else None


def _under_command(deeds: Sequence[Deed], command: str) -> Sequence[Deed]:
    """Return the acts of a command's argument, whose further lines have no verb of their own."""
    act = ACT_OF[command]
    done: list[Deed] = []
    for deed in deeds:
        one = replace(deed, act=act, is_order=True, is_bare=False) if deed.is_bare else deed
        before = done[-1] if done else None
        if before and (before.act, before.is_order) == (one.act, one.is_order) == (act, True):
            done[-1] = replace(before, things=[*before.things, *one.things])
        else:
            done.append(one)
    return done


def _not_turned_round(deeds: Sequence[Deed]) -> Sequence[Deed]:
    """Return the acts; names alone, below something that is taken out, are asked about."""
    done: list[Deed] = []
    for deed in deeds:
        if deed.is_bare and done and done[-1].act in (Act.TAKE, Act.UNSURE):
            done.append(Deed(Act.UNSURE, deed.things, guess=Act.TAKE))
        else:
            done.append(deed)
    return done


def reader(chat: Chat, services: Services) -> Callable[[str], Parse]:
    """Return the function that reads texts of a chat."""
    return partial(
        parse,
        knowledge=services.knowledge,
        today=chat.today,
        month_first=chat.is_american,
        american_units=chat.is_american,
        own=_own(chat),
    )


def reading_receipt_of(text: str, chat: Chat, services: Services) -> Steps[Parse]:
    """Read all lines of a receipt that a chat sent."""
    return reading_receipt(
        text,
        services.knowledge,
        today=chat.today,
        month_first=chat.is_american,
        american_units=chat.is_american,
        own=_own(chat),
    )


def _own(chat: Chat) -> KnownNames:
    """Return the names of a chat that the catalogue does not know."""
    return own_names(chat.names)
