"""`/remove`: takes things out of the fridge."""

from bot.names import find_names
from bot.replies import Reply
from bot.requests import Request
from bot.services import Services, spoken
from bot.views import refusals
from bot.views import remove as view


async def remove(request: Request, services: Services) -> Reply:
    """Remove what is named; ask what to remove where nothing is."""
    names = find_names(request.text, services.catalogue)
    if names.usable:
        keys = list({key for name in names.usable for key in name.keys})
        result = await services.fridges.remove(request.key, keys, request.now)
        return view.removed(names, result, spoken(result.language, request))
    language = await services.language(request)
    if names.too_long:
        return refusals.nothing_usable(names, language)
    return view.question(language)
