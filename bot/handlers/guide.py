"""`/start`, `/help`, and the answers to what the bot can't act on."""

from bot.replies import Notice, Reply, TapReply
from bot.requests import Request
from bot.services import Services
from bot.views import guide as view


async def start(request: Request, services: Services) -> Reply:
    """Greet somebody new."""
    return view.start(await services.language(request))


async def usage(request: Request, services: Services) -> Reply:
    """Explain the commands."""
    language = await services.language(request)
    return view.usage(language.duration(services.ttl), language)


async def unknown_command(request: Request, services: Services) -> Reply | None:
    """Point to the help, unless the command may be for another bot."""
    if not request.to_this_bot:
        return None
    return view.unknown_command(await services.language(request))


async def no_text(request: Request, services: Services) -> Reply:
    """Say that it reads text only."""
    return view.only_text(await services.language(request))


async def forwarded(request: Request, services: Services) -> Reply:
    """Say that a forwarded message is nobody's command."""
    return view.forwarded(await services.language(request))


async def stale_button(request: Request, services: Services) -> TapReply:
    """Say that the button does nothing any more."""
    return Notice(view.stale_button(await services.language(request)))
