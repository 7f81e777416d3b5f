"""`/fridge`, also `/list`: shows what is in the fridge."""

from bot.replies import Edit, Reply, TapReply
from bot.requests import Request
from bot.services import Services, spoken
from bot.views import fridge as view


async def fridge(request: Request, services: Services) -> Reply:
    """The first page of the list."""
    found = await services.fridges.list(request.chat_id, request.now)
    return view.page(found, 1, request.now, spoken(found.language, request))


async def turn_page(request: Request, services: Services) -> TapReply:
    """The page whose button was tapped, with the fridge as it is now."""
    page = int(request.text.removeprefix(view.PAGE))
    found = await services.fridges.list(request.chat_id, request.now)
    return Edit(view.page(found, page, request.now, spoken(found.language, request)))
