"""Answers `/language`: a chat chooses its language."""

from bot.conversation.replies import Edit, Reply, TapReply
from bot.conversation.requests import Request
from bot.features.services import Services
from bot.features.settings import language_views as view
from bot.features.settings.buttons import ChooseLanguage


async def language(request: Request, services: Services) -> Reply:
    """Ask for the language."""
    return view.question(await services.language(request))


async def choose_language(request: Request, button: ChooseLanguage, services: Services) -> TapReply:
    """Speak the chosen language in this chat from now on."""
    await services.chats.choose(request.key, request.now, language=button.language)
    return Edit(view.chosen(button.language))
