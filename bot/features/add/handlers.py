"""`/add`: puts things into the fridge. So do plain words, and the buttons that offer something."""

from collections.abc import Sequence
from dataclasses import replace

from bot.conversation.replies import Edit, Notice, Reply, TapReply
from bot.conversation.requests import Request
from bot.features.add import views as view
from bot.features.add.buttons import Put, Swap
from bot.features.common import refusals
from bot.features.common.offers import MOST_OFFERS, with_other_offers
from bot.features.files.import_handlers import import_
from bot.features.fridge.views import gone_already
from bot.features.guide import views as guide
from bot.features.services import Services, spoken
from bot.understanding.names import Name, names_in_a_row
from fridge.items import ItemKey, NewItem
from fridge.outcomes import Added


async def add(request: Request, services: Services) -> Reply:
    """Add what is named; ask what to add where nothing is. A long list is looked at first.

    A name that may be several things is only offered.
    """
    names = await services.names(request.text)
    if names.one_too_many:
        return await import_(request, services)
    rows = _in_a_row(names.usable, services)
    several = [name for name in names.usable if name.key in rows]
    clear = replace(names, usable=[name for name in names.usable if name.key not in rows])
    if clear.usable:
        result = await _put_in(clear.usable, request, services)
        likely = services.likely_names.of(clear.usable)
        language = spoken(result.language, request)
        done = view.added(clear, result, request.key, likely, language)
        return view.and_offered(done, several, rows, language) if several else done
    language = await services.language(request)
    if several:
        return view.talked(clear, None, several, key=request.key, meant=rows, language=language)
    if names.too_long:
        return refusals.nothing_usable(names, language)
    return view.question(language)


async def talk(request: Request, services: Services) -> Reply:
    """Add what the catalogue knows of the names, and offer to add the rest.

    A long list is looked at first.
    """
    names = await services.names(request.text)
    if names.one_too_many:
        return await import_(request, services)
    known = replace(names, usable=[name for name in names.usable if name.ingredient])
    unknown = [name for name in names.usable if not name.ingredient]
    meant = _what_is_meant(unknown, services)
    if known.usable:
        result = await _put_in(known.usable, request, services)
        language = spoken(result.language, request)
        return view.talked(known, result, unknown, key=request.key, meant=meant, language=language)
    language = await services.language(request)
    if unknown or names.too_long:
        return view.talked(known, None, unknown, key=request.key, meant=meant, language=language)
    return guide.no_name(language)


async def put(request: Request, button: Put, services: Services) -> TapReply:
    """Add the name that was offered; the other offers stay.

    The message stays as it is, with its Undo, where the name is in already.
    """
    names = await services.names(button.names)
    if not names.usable:
        return Notice(guide.stale_button(await services.language(request)))
    result = await _put_in(names.usable, request, services)
    language = spoken(result.language, request)
    done = view.put_in(names, result, request.key, language)
    if done is None:
        return Notice(view.in_already(language))
    return Edit(with_other_offers(done, request.offers, request.text, language))


async def swap(request: Request, button: Swap, services: Services) -> TapReply:
    """Put in what was probably meant, in the place of what was typed; other offers stay."""
    meant = services.catalogue.find(button.ingredient_id)
    if meant is None:
        return Notice(guide.stale_button(await services.language(request)))
    by = NewItem(ItemKey(meant.id))
    result = await services.fridges.replace(request.key, button.reference, by, request.now)
    language = spoken(result.language, request)
    if result.before is None:
        return Notice(gone_already(language))
    done = view.swapped(
        result.before,
        meant,
        result.count,
        key=request.key,
        catalogue=services.catalogue,
        language=language,
    )
    return Edit(with_other_offers(done, request.offers, request.text, language))


def _what_is_meant(unknown: Sequence[Name], services: Services) -> view.Meant:
    """What could be meant by each name: an ingredient that is like it, or several in a row."""
    likely = services.likely_names.of(unknown)
    return {**{key: [one] for key, one in likely.items()}, **_in_a_row(unknown, services)}


def _in_a_row(names: Sequence[Name], services: Services) -> view.Meant:
    """The ingredients that the first of the unknown names may be several of."""
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
