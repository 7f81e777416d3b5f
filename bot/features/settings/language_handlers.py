"""`/language`: chooses the language of a chat."""

from bot.conversation.replies import Edit, Reply, TapReply
from bot.conversation.requests import Request
from bot.features.services import Services
from bot.features.settings import language_views as view
from bot.locale.language import Language


async def language(request: Request, services: Services) -> Reply:
    """Ask which language it shall be."""
    return view.question(await services.language(request))


async def choose_language(request: Request, services: Services) -> TapReply:
    """Speak the chosen language in this chat from now on."""
    chosen = Language(request.text.removeprefix(view.CHOOSE))
    await services.chats.choose(request.key, request.now, language=chosen)
    return Edit(view.chosen(chosen))
