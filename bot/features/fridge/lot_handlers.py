"""Answers taps that open a lot of the list, and taps that change it."""

from dataclasses import replace

from bot.conversation.replies import Edit, TapReply
from bot.conversation.requests import Request
from bot.features.common.due import Calendar, usual_place
from bot.features.common.lots import new_lot_html
from bot.features.fridge import lot_views as view
from bot.features.fridge.arranging import lot_of
from bot.features.fridge.buttons import ChangeLot, ChooseDay, ListView, OpenLot
from bot.features.fridge.views import already_out_notice, page, taken_out_line
from bot.features.services import Services, reply_language
from bot.features.undo.views import lot_back_button
from bot.locale.language import Language
from fridge.items import Item, ItemKey
from fridge.lots import Adjustment, Into
from fridge.outcomes import Adjusted, Fridge


async def open_lot(request: Request, button: OpenLot, services: Services) -> TapReply:
    """Show a lot with the buttons that change it, in place of the list."""
    found = await services.fridges.list(request.chat_id, request.now)
    item = lot_of(found, button.reference)
    if item is None:
        return _gone(found, button.view, request, services)
    language, calendar = _seen(found, request, services)
    return Edit(view.opened(item, button.view, calendar, language))


async def choose_day(request: Request, button: ChooseDay, services: Services) -> TapReply:
    """Show the days of a fortnight, to choose the date of a lot."""
    found = await services.fridges.list(request.chat_id, request.now)
    item = lot_of(found, button.reference)
    if item is None:
        return _gone(found, button.view, request, services)
    language, calendar = _seen(found, request, services)
    return Edit(view.day_choice(item, button, calendar, language))


async def change_lot(request: Request, button: ChangeLot, services: Services) -> TapReply:
    """Change a lot, and show it as it is then; the list, if nothing is left of it.

    If the lot is not the one that the person saw, nothing changes.
    """
    result = await services.fridges.adjust(
        request.key,
        button.reference,
        _with_usual_place(button, services),
        request.now,
        button.added_at,
    )
    item = lot_of(result.fridge, button.reference)
    if not (result.lot or result.taken_out):
        return _not_as_seen(result.fridge, item, button, request, services)
    return _changed(result, item, button, request, services)


def _with_usual_place(button: ChangeLot, services: Services) -> Adjustment:
    """Return the change, which has to know from where a lot is moved if nobody said its place."""
    adjustment = button.adjustment
    if not isinstance(adjustment, Into):
        return adjustment
    key = ItemKey(button.reference.ingredient_id)
    return replace(adjustment, usual=usual_place(key, services.catalogue))


def _changed(
    result: Adjusted,
    item: Item | None,
    button: ChangeLot,
    request: Request,
    services: Services,
) -> TapReply:
    """Show what a tap changed, with its Undo."""
    language, calendar = _seen(result.fridge, request, services)
    above = ""
    if result.taken_out:
        name = new_lot_html(result.taken_out, services.catalogue, calendar.today, language)
        above = taken_out_line(name, language)
    elif result.lot and result.lot.before != result.lot.after:
        above = view.changed_line(result.lot, calendar, language)
    undo = lot_back_button(request.key, button.view, button.reference, language) if above else None
    if item and not result.taken_out:
        return Edit(view.opened(item, button.view, calendar, language, above=above, undo=undo))
    shown = page(
        result.fridge,
        button.view,
        services.catalogue,
        request.now,
        language,
        above=above,
        undo=undo,
    )
    return Edit(shown)


def _not_as_seen(
    fridge: Fridge,
    item: Item | None,
    button: ChangeLot,
    request: Request,
    services: Services,
) -> TapReply:
    """Show a lot that a tap did not change, because it is not as the person saw it."""
    if item is None:
        return _gone(fridge, button.view, request, services)
    language, calendar = _seen(fridge, request, services)
    shown = view.opened(item, button.view, calendar, language)
    return Edit(shown, view.changed_meanwhile_notice(language))


def _seen(fridge: Fridge, request: Request, services: Services) -> tuple[Language, Calendar]:
    """Return the language of the reply, and the calendar of the chat."""
    language = reply_language(fridge.language, request)
    return language, Calendar.of(fridge, request.now, language, services.catalogue)


def _gone(fridge: Fridge, shown: ListView, request: Request, services: Services) -> TapReply:
    """Show the list in place of a lot that is out."""
    language = reply_language(fridge.language, request)
    return Edit(
        page(fridge, shown, services.catalogue, request.now, language),
        already_out_notice(language),
    )
