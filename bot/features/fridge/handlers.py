"""Answers `/fridge`, also `/list`, and taps on the list."""

from bot.conversation.replies import Edit, Reply, TapReply
from bot.conversation.requests import Request
from bot.features.common.days import today_in
from bot.features.common.lots import new_lot_html
from bot.features.fridge import views as view
from bot.features.fridge.buttons import ChooseFilter, ListView, ShowList, Take
from bot.features.services import Services, reply_language
from bot.features.undo.views import back_button


async def fridge(request: Request, services: Services) -> Reply:
    """Show the first page of the list."""
    found = await services.fridges.list(request.chat_id, request.now)
    language = reply_language(found.language, request)
    return view.page(found, ListView(), services.catalogue, request.now, language)


async def show_list(request: Request, button: ShowList, services: Services) -> TapReply:
    """Show the view whose button was tapped, with the present content of the fridge."""
    found = await services.fridges.list(request.chat_id, request.now)
    language = reply_language(found.language, request)
    return Edit(view.page(found, button.view, services.catalogue, request.now, language))


async def choose_filter(request: Request, button: ChooseFilter, services: Services) -> TapReply:
    """Show the choice of places and categories in place of the list."""
    found = await services.fridges.list(request.chat_id, request.now)
    language = reply_language(found.language, request)
    show = view.filter_choice if found.items else view.page
    return Edit(show(found, button.view, services.catalogue, request.now, language))


async def take(request: Request, button: Take, services: Services) -> TapReply:
    """Take out the tapped item, and show the list without it.

    If another person's tap has already taken the item out, the list says so, with the Undo of that
    tap.
    """
    result = await services.fridges.take(request.key, button.reference, request.now)
    language = reply_language(result.fridge.language, request)
    notice = "" if result.item else view.already_out_notice(language)
    key, item = request.key, result.item
    if result.earlier:
        key, item = result.earlier.key, result.earlier.item
    above, undo = "", None
    if item:
        today = today_in(result.fridge, request.now, language)
        above = view.taken_out_line(
            new_lot_html(item, services.catalogue, today, language), language
        )
        undo = back_button(key, item, button.view, services.catalogue, language)
    shown = view.page(
        result.fridge,
        button.view,
        services.catalogue,
        request.now,
        language,
        above=above,
        undo=undo,
    )
    return Edit(shown, notice)
