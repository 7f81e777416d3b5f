"""Answers `/settings`: one message shows the choices of a chat, and taps change them."""

from bot.conversation.replies import Edit, Message, Reply, TapReply
from bot.conversation.requests import Request
from bot.features.services import Services, reply_language
from bot.features.settings import views as view
from bot.features.settings.buttons import SetLanguage, SetWarnings, SetZone
from bot.features.settings.time_zones import time_zone
from db.chats.settings import ChosenSettings


async def settings(request: Request, services: Services) -> Reply:
    """Show the settings."""
    return _shown(await services.chats.settings(request.chat_id), request, services)


async def show(request: Request, services: Services) -> TapReply:
    """Go back to the settings."""
    return Edit(_shown(await services.chats.settings(request.chat_id), request, services))


async def choose_language(request: Request, button: SetLanguage, services: Services) -> TapReply:
    """Speak the chosen language in this chat from now on."""
    chosen = await services.chats.choose(request.key, request.now, language=button.language)
    return Edit(_shown(chosen, request, services))


async def choose_warnings(request: Request, button: SetWarnings, services: Services) -> TapReply:
    """Warn this chat, or don't, before its fridge empties itself."""
    chosen = await services.chats.choose(request.key, request.now, warnings=button.on)
    return Edit(_shown(chosen, request, services))


async def zones(request: Request, services: Services) -> TapReply:
    """Ask for the time zone."""
    chosen = await services.chats.settings(request.chat_id)
    language = reply_language(chosen.language, request)
    return Edit(view.zones(time_zone(chosen, request), request.now, language))


async def choose_zone(request: Request, button: SetZone, services: Services) -> TapReply:
    """Use the time zone of the chosen city from now on."""
    chosen = await services.chats.choose(request.key, request.now, time_zone=button.zone)
    return Edit(_shown(chosen, request, services))


def _shown(chosen: ChosenSettings, request: Request, services: Services) -> Message:
    warns = None if services.warn_before is None else chosen.warnings is not False
    language = reply_language(chosen.language, request)
    return view.settings(time_zone(chosen, request), request.now, language, warns=warns)
