"""Answers taps on Undo."""

from bot.conversation.replies import Edit, Notice, TapReply
from bot.conversation.requests import Request
from bot.features.common.due import Calendar
from bot.features.common.offers import with_other_offers
from bot.features.fridge.arranging import lot_of
from bot.features.fridge.lot_views import opened
from bot.features.fridge.views import page
from bot.features.services import Services, reply_language
from bot.features.undo import views as view
from bot.features.undo.buttons import Undo, UndoInList
from fridge.request_keys import RequestKey


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
    """Undo a tap on the list or on an opened lot, and show what the button says."""
    undone = RequestKey(request.chat_id, button.request).to(button.what)
    result = await services.fridges.undo(request.key, undone, request.now)
    language = reply_language(result.fridge.language, request)
    above = view.undone_lines(result, services.catalogue, request.now, language)
    notice = view.declined_notice(result, language) if result.is_declined else ""
    fridge, catalogue = result.fridge, services.catalogue
    item = button.reference and lot_of(fridge, button.reference)
    if item:
        calendar = Calendar.of(fridge, request.now, language, catalogue)
        shown = opened(item, button.view, calendar, language, above=above)
    else:
        shown = page(fridge, button.view, catalogue, request.now, language, above=above)
    return Edit(shown, notice)
