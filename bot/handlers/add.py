"""`/add`: puts things into the fridge. So do plain words, and the buttons that offer something."""

from collections.abc import Sequence
from dataclasses import replace

from bot.handlers.import_ import import_
from bot.names import Name, find_names
from bot.replies import Edit, Notice, Reply, TapReply
from bot.requests import Request
from bot.services import Services, spoken
from bot.views import add as view
from bot.views import guide, refusals
from bot.views.fridge import gone_already
from bot.views.offers import with_other_offers
from db.fridges import Added, ItemKey, NewItem


async def add(request: Request, services: Services) -> Reply:
    """Add what is named; ask what to add where nothing is. A long list is looked at first."""
    names = find_names(request.text, services.catalogue)
    if names.too_many:
        return await import_(request, services)
    if names.usable:
        result = await _put_in(names.usable, request, services)
        likely = services.likely_names.of(names.usable)
        return view.added(names, result, request.key, likely, spoken(result.language, request))
    language = await services.language(request)
    if names.too_long:
        return refusals.nothing_usable(names, language)
    return view.question(language)


async def talk(request: Request, services: Services) -> Reply:
    """Add what the catalogue knows of the names, and offer to add the rest.

    A long list is looked at first.
    """
    names = find_names(request.text, services.catalogue)
    if names.too_many:
        return await import_(request, services)
    known = replace(names, usable=[name for name in names.usable if name.ingredient])
    unknown = [name for name in names.usable if not name.ingredient]
    likely = services.likely_names.of(unknown)
    if known.usable:
        result = await _put_in(known.usable, request, services)
        language = spoken(result.language, request)
        return view.talked(
            known, result, unknown, key=request.key, likely=likely, language=language
        )
    language = await services.language(request)
    if unknown or names.too_long:
        return view.talked(known, None, unknown, key=request.key, likely=likely, language=language)
    return guide.no_name(language)


async def put(request: Request, services: Services) -> TapReply:
    """Add the name that was offered; the other offers stay.

    The message stays as it is, with its Undo, where the name is in already.
    """
    names = find_names(request.text.removeprefix(view.PUT), services.catalogue)
    if not names.usable:
        return Notice(guide.stale_button(await services.language(request)))
    result = await _put_in(names.usable, request, services)
    language = spoken(result.language, request)
    done = view.put_in(names, result, request.key, language)
    if done is None:
        return Notice(view.in_already(language))
    return Edit(with_other_offers(done, request.buttons, request.text, language))


async def swap(request: Request, services: Services) -> TapReply:
    """Put in what was probably meant, in the place of what was typed; other offers stay."""
    reference, ingredient_id = view.read_swap(request.text)
    meant = services.catalogue.find(ingredient_id)
    if meant is None:
        return Notice(guide.stale_button(await services.language(request)))
    by = NewItem(ItemKey(meant.id))
    result = await services.fridges.replace(request.key, reference, by, request.now)
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
    return Edit(with_other_offers(done, request.buttons, request.text, language))


async def _put_in(names: Sequence[Name], request: Request, services: Services) -> Added:
    items = [name.as_new_item() for name in names]
    return await services.fridges.add(request.key, items, request.now, request.told_language)
