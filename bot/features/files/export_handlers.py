"""Answers `/export`: sends the content of the fridge as files."""

from bot.conversation.replies import Reply
from bot.conversation.requests import Request
from bot.features.files import export_views as view
from bot.features.services import Services, reply_language
from bot.features.settings.time_zones import time_zone
from fridge.times import zone_named


async def export(request: Request, services: Services) -> Reply:
    """Send everything that is in the fridge, for spreadsheets and for programs."""
    found = await services.fridges.list(request.chat_id, request.now)
    language = reply_language(found.language, request)
    if not found.items:
        return view.nothing(language)
    chosen = await services.chats.settings(request.chat_id)
    return view.exported(found.items, zone_named(time_zone(chosen, request)), language)
