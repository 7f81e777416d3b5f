"""Adds to the fridge: by `/add`, by plain words, and by buttons with offers."""

from collections.abc import Sequence
from dataclasses import replace

from bot.conversation.replies import Edit, Notice, Reply, TapReply
from bot.conversation.requests import Request
from bot.features.add import views as view
from bot.features.add.buttons import Put, Swap
from bot.features.common import refusals
from bot.features.common.offers import MOST_OFFERS, with_other_offers
from bot.features.files.import_handlers import import_
from bot.features.fridge.views import already_out_notice
from bot.features.guide import views as guide
from bot.features.services import Services, reply_language
from bot.understanding.names import Name, names_in_a_row
from fridge.items import ItemKey, NewItem
from fridge.outcomes import Added


async def add(request: Request, services: Services) -> Reply:
    """Add the names after the command; without names, ask for them.

    A list with too many names is shown first, as by `/import`. A name that may be several
    ingredients is offered, not added.
    """
    names = await services.names(request.text)
    if names.one_too_many:
        return await import_(request, services)
    rows = _ingredients_in_a_row(names.usable, services)
    several = [name for name in names.usable if name.key in rows]
    clear = replace(names, usable=[name for name in names.usable if name.key not in rows])
    if clear.usable:
        result = await _put_in(clear.usable, request, services)
        likely = services.likely_names.of(clear.usable)
        language = reply_language(result.language, request)
        done = view.added(clear, result, request.key, likely, language)
        return view.with_offers(done, several, rows, language) if several else done
    language = await services.language(request)
    if several:
        return view.added_and_offered(
            clear, None, several, key=request.key, meant=rows, language=language
        )
    if names.too_long:
        return refusals.nothing_usable(names, language)
    return view.question(language)


async def add_known(request: Request, services: Services) -> Reply:
    """Add the names that the catalogue knows, and offer the others with buttons.

    A list with too many names is shown first, as by `/import`.
    """
    names = await services.names(request.text)
    if names.one_too_many:
        return await import_(request, services)
    known = replace(names, usable=[name for name in names.usable if name.ingredient])
    unknown = [name for name in names.usable if not name.ingredient]
    meant = _meanings(unknown, services)
    if known.usable:
        result = await _put_in(known.usable, request, services)
        language = reply_language(result.language, request)
        return view.added_and_offered(
            known, result, unknown, key=request.key, meant=meant, language=language
        )
    language = await services.language(request)
    if unknown or names.too_long:
        return view.added_and_offered(
            known, None, unknown, key=request.key, meant=meant, language=language
        )
    return guide.no_name(language)


async def put(request: Request, button: Put, services: Services) -> TapReply:
    """Add the offered names; the other offers of the message stay.

    If all of them are in the fridge already, the message stays as it is, with its Undo.
    """
    names = await services.names(button.names)
    if not names.usable:
        return Notice(guide.stale_button_notice(await services.language(request)))
    result = await _put_in(names.usable, request, services)
    language = reply_language(result.language, request)
    done = view.put_in(names, result, request.key, language)
    if done is None:
        return Notice(view.already_in_notice(language))
    return Edit(with_other_offers(done, request.offers, request.text, language))


async def swap(request: Request, button: Swap, services: Services) -> TapReply:
    """Replace the item as it was typed by the likely ingredient; other offers stay."""
    meant = services.catalogue.find(button.ingredient_id)
    if meant is None:
        return Notice(guide.stale_button_notice(await services.language(request)))
    by = NewItem(ItemKey(meant.id))
    result = await services.fridges.replace(request.key, button.reference, by, request.now)
    language = reply_language(result.language, request)
    if result.before is None:
        return Notice(already_out_notice(language))
    done = view.swapped(
        result.before,
        meant,
        result.count,
        key=request.key,
        catalogue=services.catalogue,
        language=language,
    )
    return Edit(with_other_offers(done, request.offers, request.text, language))


def _meanings(unknown: Sequence[Name], services: Services) -> view.Meant:
    """Return what each name may mean: one ingredient with a similar name, or several in a row."""
    likely = services.likely_names.of(unknown)
    return {
        **{key: [one] for key, one in likely.items()},
        **_ingredients_in_a_row(unknown, services),
    }


def _ingredients_in_a_row(names: Sequence[Name], services: Services) -> view.Meant:
    """Return the ingredients of unknown names that consist of several, as "milk eggs".

    Only the first unknown names are looked at, since a message has few buttons.
    """
    unknown = [name for name in names if not name.ingredient][:MOST_OFFERS]
    rows = {
        name.key: [
            one.ingredient for one in names_in_a_row(name, services.catalogue) if one.ingredient
        ]
        for name in unknown
        if view.can_be_offered(name)
    }
    return {key: row for key, row in rows.items() if row and view.can_be_put_in(row)}


async def _put_in(names: Sequence[Name], request: Request, services: Services) -> Added:
    items = [name.as_new_item() for name in names]
    return await services.fridges.add(request.key, items, request.now, request.told_language)
