"""Answers `/import` and files with lists: shows the list, and adds it after a confirmation."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from bot.conversation.replies import Edit, Message, Notice, Reply, TapReply
from bot.conversation.requests import Request
from bot.features.common.chats import Chat, read_chat, reader, reading_receipt_of
from bot.features.deeds.putting_in import put_in as put_things_in
from bot.features.deeds.putting_in import told
from bot.features.deeds.said import joined
from bot.features.files import import_views as view
from bot.features.files.buttons import DeclineList, LeaveOut, PutInList, ShowPart, TakeIn
from bot.features.files.fridge_files import (
    ExportedItem,
    entries_in_file,
    entries_in_text,
    receipt_in_file,
)
from bot.features.services import Services, reply_language
from bot.features.undo.views import already_undone_notice
from bot.telegram.documents import Document, Fetch, UnusableFile
from bot.telegram.updates import Task
from bot.understanding.lists import Entry, Listed, reading_things
from bot.understanding.meaning import Parse, Thing
from db.updates.handled_requests import Offer
from fridge.request_keys import RequestKey, RequestKind


async def import_(request: Request, services: Services) -> Reply:
    """Offer to add the things after the command, also many; without things, ask for a list."""
    chat = await read_chat(request, services)
    read = reader(chat, services)
    if read(request.text).is_receipt:
        return await offer_receipt(request.text, chat, request, services)
    entries = entries_in_text(request.text)
    listed = await _listed(entries, read, services)
    if listed.things or listed.too_long:
        return await offer(request, listed, chat, services)
    return view.question(chat.language)


async def import_file(
    request: Request, document: Document, fetch: Fetch, services: Services
) -> Reply:
    """Offer to add the things in a file."""
    chat = await read_chat(request, services)
    try:
        content = await fetch(document)
        text = receipt_in_file(content, document)
        if text:
            return await offer_receipt(text, chat, request, services)
        entries = entries_in_file(content, document)
        listed = await _listed(entries, reader(chat, services), services)
    except UnusableFile as error:
        return view.unusable(error.problem, chat.language)
    return await offer(request, listed, chat, services)


async def import_checklist(
    request: Request, tasks: Sequence[Task], services: Services
) -> Reply | None:
    """Offer to add the things of a checklist; where some tasks are done, only those are chosen.

    A done task of a shopping list is bought. A list without done tasks is taken as it is.
    """
    chat = await read_chat(request, services)
    read = reader(chat, services)
    done = [task.text for task in tasks if task.is_done]
    others = [task.text for task in tasks if not task.is_done]
    chosen = await _listed(done or others, read, services)
    if not done:
        return await offer(request, chosen, chat, services)
    rest = await _listed(others, read, services)
    listed = Listed([*chosen.things, *rest.things], [*chosen.too_long, *rest.too_long])
    return await offer(request, listed, chat, services, known=len(chosen.things))


async def import_done_tasks(
    request: Request, tasks: Sequence[Task], services: Services
) -> Reply | None:
    """Offer to add what was just ticked on a checklist; nothing is said where it is no food."""
    chat = await read_chat(request, services)
    listed = await _listed([task.text for task in tasks], reader(chat, services), services)
    known = [thing for thing in listed.things if thing.is_known]
    return await offer(request, Listed(known), chat, services) if known else None


async def offer_receipt(text: str, chat: Chat, request: Request, services: Services) -> Reply:
    """Offer to add the foods of a receipt; things that are not known stay out unless tapped."""
    found = await services.slices.finish(reading_receipt_of(text, chat, services))
    foods = [thing for deed in found.deeds for thing in deed.things]
    listed = Listed([*foods, *found.others[: view.MOST_OTHERS]][: view.MOST_NAMES])
    return await offer(
        request, listed, chat, services, known=len(foods), passed_over=found.left_out.count
    )


async def offer(  # noqa: PLR0917 (a list and its circumstances)
    request: Request,
    listed: Listed,
    chat: Chat,
    services: Services,
    known: int | None = None,
    passed_over: int = 0,
) -> Reply:
    """Show the things of a list, and ask whether to add them.

    The things are stored until the answer, since a button has no room for them. A chat's new list
    replaces the one before.

    Args:
        request: of the list.
        listed: the things in it.
        chat: of the request.
        services: keep the list.
        known: how many of the things go in; those behind them stay out unless tapped.
        passed_over: how many prices, codes and lines were passed over in the list.
    """
    if not listed.things:
        return view.nothing(listed, chat.language)
    stored = [
        ExportedItem.of(thing.name.typed, thing.lot).model_dump_json(exclude_none=True)
        for thing in listed.things
    ]
    left_out = () if known is None else range(known, len(stored))
    offered = await services.handled_requests.offer(
        request.key,
        stored,
        request.now,
        left_out=left_out,
        remarks=view.remarks(listed, passed_over, chat.language),
    )
    return view.offered(listed.things, offered, chat.today, chat.language)


async def put_in(request: Request, button: PutInList, services: Services) -> TapReply:
    """Add the offered list; further taps, by anybody, get the same answer and add nothing."""
    offered = await _offered(request, button.request, services)
    return await _put_in(request, offered, services)


async def leave_out(request: Request, button: LeaveOut, services: Services) -> TapReply:
    """Leave a thing of an offered list out."""
    return await _choose(request, button.request, button.number, services, is_out=True)


async def take_in(request: Request, button: TakeIn, services: Services) -> TapReply:
    """Take a thing of an offered list in again."""
    return await _choose(request, button.request, button.number, services, is_out=False)


async def show_part(request: Request, button: ShowPart, services: Services) -> TapReply:
    """Show another part of an offered list."""
    offered = await _offered(request, button.request, services)
    return await _show(request, offered, button.number, services)


async def _choose(
    request: Request, by: str, number: int, services: Services, *, is_out: bool
) -> TapReply:
    key = RequestKey(request.chat_id, by)
    offered = await services.handled_requests.choose(key, number, is_out=is_out)
    return await _show(request, offered, number // view.SHOWN_AT_ONCE, services)


async def _show(request: Request, offered: Offer, part: int, services: Services) -> TapReply:
    """Show a part of an offered list; of one that was added, or is too old, say so."""
    if not offered.names or await services.handled_requests.is_handled(
        offered.key.to(RequestKind.ADD)
    ):
        return await _put_in(request, offered, services)
    chat = await read_chat(request, services)
    things = await _stored_things(offered.names, chat, services)
    return Edit(view.offered(things, offered, chat.today, chat.language, part))


async def _stored_things(names: Sequence[str], chat: Chat, services: Services) -> Sequence[Thing]:
    """Return a thing for each name of an offer, in their order."""
    read = reader(chat, services)
    listed = [await _listed([_stored(name)], read, services) for name in names]
    return [one.things[0] for one in listed if one.things]


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
    chosen = [one for n, one in enumerate(offered.names) if n not in offered.left_out]
    if not chosen:
        return Notice(view.all_left_out_notice(chat.language))
    listed = await _listed(map(_stored, chosen), reader(chat, services), services)
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
        return replace(ExportedItem.model_validate_json(offered).entry, is_whole=True)
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
