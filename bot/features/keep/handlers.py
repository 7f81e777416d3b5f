"""Answers `/keep`: the fridge gets another full life."""

from bot.conversation.replies import Reply
from bot.conversation.requests import Request
from bot.features.keep import views as view
from bot.features.services import Services, reply_language


async def keep(request: Request, services: Services) -> Reply:
    """Use the fridge, and say how long it lives from now on."""
    result = await services.fridges.keep(request.key, request.now)
    return view.kept(result, reply_language(result.language, request))
