"""`/add`: puts things into the fridge."""

from bot.names import find_names
from bot.replies import Reply
from bot.requests import Request
from bot.services import Services, spoken
from bot.views import add as view
from bot.views import refusals


async def add(request: Request, services: Services) -> Reply:
    """Add what is named; ask what to add where nothing is."""
    names = find_names(request.text, services.catalogue)
    if names.usable:
        items = [name.as_new_item() for name in names.usable]
        result = await services.fridges.add(request.key, items, request.now)
        return view.added(names, result, spoken(result.language, request))
    language = await services.language(request)
    if names.too_long:
        return refusals.nothing_usable(names, language)
    return view.question(language)
