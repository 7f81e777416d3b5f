"""Answers `/fridge`, also `/list`, and taps on the list."""

from bot.conversation.replies import Edit, Reply, TapReply
from bot.conversation.requests import Request
from bot.features.common.days import today_in
from bot.features.common.lots import new_lot_html
from bot.features.fridge import views as view
from bot.features.fridge.buttons import ChooseCategory, ShowPlace, Take
from bot.features.services import Services, reply_language
from bot.features.undo.views import back_button


async def fridge(request: Request, services: Services) -> Reply:
    """Show the first page of the list."""
    found = await services.fridges.list(request.chat_id, request.now)
    return view.page(found, 1, request.now, reply_language(found.language, request))


async def show_place(request: Request, button: ShowPlace, services: Services) -> TapReply:
    """Show the page whose button was tapped, with the present content of the fridge."""
    number, category = button.place
    found = await services.fridges.list(request.chat_id, request.now)
    language = reply_language(found.language, request)
    return Edit(view.page(found, number, request.now, language, category=category))


async def choose_category(request: Request, button: ChooseCategory, services: Services) -> TapReply:
    """Show the choice of categories in place of the list."""
    found = await services.fridges.list(request.chat_id, request.now)
    language = reply_language(found.language, request)
    if not found.items:
        return Edit(view.page(found, 1, request.now, language))
    return Edit(view.category_choice(found, button.place, language))


async def take(request: Request, button: Take, services: Services) -> TapReply:
    """Take out the tapped item, and show the list without it.

    If another person's tap has already taken the item out, the list says so, with the Undo of that
    tap.
    """
    place = button.place
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
        undo = back_button(key, item, place, services.catalogue, language)
    shown = view.page(
        result.fridge,
        place.page,
        request.now,
        language,
        category=place.category,
        above=above,
        undo=undo,
    )
    return Edit(shown, notice)
