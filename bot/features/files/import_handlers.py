"""Answers `/import` and files with lists: shows the list, and adds it after a confirmation."""

from collections.abc import Callable, Iterable

from bot.conversation.replies import Edit, Message, Notice, Reply, TapReply
from bot.conversation.requests import Request
from bot.features.common.chats import read_chat, reader
from bot.features.deeds.putting_in import put_in as put_things_in
from bot.features.deeds.putting_in import told
from bot.features.deeds.said import joined
from bot.features.files import import_views as view
from bot.features.files.buttons import DeclineList, PutInList
from bot.features.files.fridge_files import ExportedItem, entries_in_file
from bot.features.services import Services, reply_language
from bot.features.undo.views import already_undone_notice
from bot.telegram.documents import Document, Fetch, UnusableFile
from bot.understanding.lists import Entry, Listed, reading_things
from bot.understanding.meaning import Parse
from db.updates.handled_requests import Offer
from fridge.request_keys import RequestKey, RequestKind


async def import_(request: Request, services: Services) -> Reply:
    """Offer to add the things after the command, also many; without things, ask for a list."""
    chat = await read_chat(request, services)
    read = reader(chat, services)
    found = read(request.text)
    if found.is_receipt:
        return await offer_receipt(found, request, services)
    listed = await _listed((request.text,), read, services)
    if listed.things or listed.too_long:
        return await offer(request, listed, services)
    return view.question(chat.language)


async def import_file(
    request: Request, document: Document, fetch: Fetch, services: Services
) -> Reply:
    """Offer to add the things in a file."""
    chat = await read_chat(request, services)
    try:
        content = await fetch(document)
        entries = entries_in_file(content, document)
        listed = await _listed(entries, reader(chat, services), services)
    except UnusableFile as error:
        return view.unusable(error.problem, chat.language)
    return await offer(request, listed, services)


async def offer_receipt(found: Parse, request: Request, services: Services) -> Reply:
    """Offer to add the foods of a receipt."""
    things = [thing for deed in found.deeds for thing in deed.things]
    usable = [thing for thing in things if not thing.name.is_too_long]
    listed = Listed(usable[: view.MOST_NAMES])
    return await offer(request, listed, services, left_out=found.left_out.count)


async def offer(request: Request, listed: Listed, services: Services, left_out: int = 0) -> Reply:
    """Show the things of a list, and ask whether to add them.

    The things are stored until the answer, since a button has no room for them. A chat's new list
    replaces the one before. `left_out` counts what was passed over in the list.
    """
    language = await services.language(request)
    if not listed.things:
        return view.nothing(listed, language)
    offered = [
        ExportedItem.of(thing.name.typed, thing.lot).model_dump_json(exclude_none=True)
        for thing in listed.things
    ]
    await services.handled_requests.offer(request.key, offered, request.now)
    return view.offered(listed, left_out, request, language)


async def put_in(request: Request, button: PutInList, services: Services) -> TapReply:
    """Add the offered list; further taps, by anybody, get the same answer and add nothing."""
    offered = await _offered(request, button.request, services)
    return await _put_in(request, offered, services)


async def cancel(request: Request, button: DeclineList, services: Services) -> TapReply:
    """Decline the offered list, unless another person has already added it.

    The list stays stored until the chat's next one.
    """
    offered = await _offered(request, button.request, services)
    if await services.handled_requests.is_handled(offered.key.to(RequestKind.ADD)):
        return await _put_in(request, offered, services)
    return Edit(view.cancelled(await services.language(request)))


async def _offered(request: Request, by: str, services: Services) -> Offer:
    """Return the list that a request offered. Adding is recorded under the key of that request."""
    return await services.handled_requests.offered(RequestKey(request.chat_id, by))


async def _put_in(request: Request, offered: Offer, services: Services) -> TapReply:
    if not offered.names:
        return await _too_old(request, offered.key, services)
    chat = await read_chat(request, services)
    listed = await _listed(map(_stored, offered.names), reader(chat, services), services)
    result = await put_things_in(listed.things, offered.key, request, services)
    language = reply_language(result.language, request)
    if result.undone:
        return Notice(already_undone_notice(language))
    said = told(
        listed.things,
        result,
        key=offered.key,
        likely={},
        today=chat.today,
        language=language,
    )
    return Edit(joined([said]))


def _stored(offered: str) -> str | Entry:
    """Return a thing of a list as it was stored; versions before stored names alone."""
    if offered.startswith("{"):
        return ExportedItem.model_validate_json(offered).entry
    return offered


async def _listed(
    entries: Iterable[str | Entry], read: Callable[[str], Parse], services: Services
) -> Listed:
    return await services.slices.finish(
        reading_things(
            entries, lambda line: read(f"/add {line}"), services.catalogue, view.MOST_NAMES
        )
    )


async def _too_old(request: Request, key: RequestKey, services: Services) -> TapReply:
    """Say that a list is too old.

    If the list was added, the text is a notice, and the message about the addition stays, with its
    Undo. Otherwise the text replaces the offer.
    """
    text = view.too_old_text(await services.language(request))
    was_put_in = await services.handled_requests.is_handled(key.to(RequestKind.ADD))
    return Notice(text) if was_put_in else Edit(Message(text))
