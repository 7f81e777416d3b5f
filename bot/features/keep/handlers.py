"""`/keep`: keeps the fridge for another full time."""

from bot.conversation.replies import Reply
from bot.conversation.requests import Request
from bot.features.keep import views as view
from bot.features.services import Services, spoken


async def keep(request: Request, services: Services) -> Reply:
    """Count as a use of the fridge, and say how long it now lives."""
    result = await services.fridges.keep(request.key, request.now)
    return view.kept(result, spoken(result.language, request))
