"""`/keep`: keeps the fridge for another full time."""

from bot.replies import Reply
from bot.requests import Request
from bot.services import Services, spoken
from bot.views import keep as view


async def keep(request: Request, services: Services) -> Reply:
    """Count as a use of the fridge, and say how long it now lives."""
    result = await services.fridges.keep(request.key, request.now)
    return view.kept(result, spoken(result.language, request))
