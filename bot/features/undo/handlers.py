"""Answers taps on Undo."""

from bot.conversation.replies import Edit, Notice, TapReply
from bot.conversation.requests import Request
from bot.features.common.offers import with_other_offers
from bot.features.fridge import views as fridge_view
from bot.features.services import Services, reply_language
from bot.features.undo import views as view
from bot.features.undo.buttons import Undo, UndoInList
from fridge.request_keys import RequestKey, RequestKind


async def undo(request: Request, button: Undo, services: Services) -> TapReply:
    """Undo the change that a message tells of, and replace the text; its other buttons stay."""
    undone = RequestKey(request.chat_id, button.request).to(button.what)
    result = await services.fridges.undo(request.key, undone, request.now)
    language = reply_language(result.fridge.language, request)
    if result.is_declined:
        return Notice(view.declined_notice(result, language))
    done = view.undone(result, services.catalogue, request.now, language)
    return Edit(with_other_offers(done, request.offers, request.text, language))


async def undo_in_list(request: Request, button: UndoInList, services: Services) -> TapReply:
    """Put the item back that a tap on the list took out, and show the list with it."""
    undone = RequestKey(request.chat_id, button.request).to(RequestKind.TAKE)
    result = await services.fridges.undo(request.key, undone, request.now)
    language = reply_language(result.fridge.language, request)
    shown = fridge_view.page(
        result.fridge,
        button.place.page,
        request.now,
        language,
        category=button.place.category,
        above=view.undone_lines(result, services.catalogue, request.now, language),
    )
    return Edit(shown, view.declined_notice(result, language) if result.is_declined else "")
