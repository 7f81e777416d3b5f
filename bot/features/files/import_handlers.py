"""Answers `/import` and files with lists: shows the list, and adds it after a confirmation."""

from bot.conversation.replies import Edit, Message, Notice, Reply, TapReply
from bot.conversation.requests import Request
from bot.features.add import views as add_view
from bot.features.files import import_views as view
from bot.features.files.buttons import DeclineList, PutInList
from bot.features.files.fridge_files import names_in_file
from bot.features.services import Services, reply_language
from bot.features.undo.views import already_undone_notice
from bot.telegram.documents import Document, Fetch, UnusableFile
from bot.understanding.names import Names, reading_names
from db.updates.handled_requests import Offer
from fridge.request_keys import RequestKey, RequestKind


async def import_(request: Request, services: Services) -> Reply:
    """Offer to add the names after the command, also many; without names, ask for a list."""
    names = await services.names(request.text, most=view.MOST_NAMES)
    if names.usable or names.too_long:
        return await offer(request, names, services)
    return view.question(await services.language(request))


async def import_file(
    request: Request, document: Document, fetch: Fetch, services: Services
) -> Reply:
    """Offer to add the names in a file."""
    try:
        content = await fetch(document)
        names = await services.slices.finish(
            reading_names(names_in_file(content, document), services.catalogue, view.MOST_NAMES)
        )
    except UnusableFile as error:
        return view.unusable(error.problem, await services.language(request))
    return await offer(request, names, services)


async def offer(request: Request, names: Names, services: Services) -> Reply:
    """Show the names of a list, and ask whether to add them.

    The names are stored until the answer, since a button has no room for them. A chat's new list
    replaces the one before.
    """
    language = await services.language(request)
    if not names.usable:
        return view.nothing(names, language)
    offered = [name.typed for name in names.usable]
    await services.handled_requests.offer(request.key, offered, request.now)
    return view.offered(names, request.key, language)


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
    names = await services.names(*offered.names, most=view.MOST_NAMES)
    items = [name.as_new_item() for name in names.usable]
    result = await services.fridges.add(offered.key, items, request.now, request.told_language)
    language = reply_language(result.language, request)
    if result.undone:
        return Notice(already_undone_notice(language))
    return Edit(add_view.added(names, result, offered.key, {}, language))


async def _too_old(request: Request, key: RequestKey, services: Services) -> TapReply:
    """Say that a list is too old.

    If the list was added, the text is a notice, and the message about the addition stays, with its
    Undo. Otherwise the text replaces the offer.
    """
    text = view.too_old_text(await services.language(request))
    was_put_in = await services.handled_requests.is_handled(key.to(RequestKind.ADD))
    return Notice(text) if was_put_in else Edit(Message(text))
