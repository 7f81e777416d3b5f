"""Text that is no command: the answer to a question of the bot, or talk."""

from collections.abc import Mapping
from functools import cache

from bot.handlers.add import add
from bot.handlers.remove import remove
from bot.language import Language
from bot.replies import Reply
from bot.requests import Request
from bot.services import Handler, Services
from bot.views import add as add_view
from bot.views import guide as guide_view
from bot.views import remove as remove_view


async def text(request: Request, services: Services) -> Reply | None:
    """Take an answer as what it answers. In a group other text is between people."""
    asker = _askers().get(request.answered or "")
    if asker is not None:
        return await asker(request, services)
    if request.in_group:
        return None
    return guide_view.text_is_no_command(await services.language(request))


@cache
def _askers() -> Mapping[str, Handler]:
    """The handler that asked, by its question: nothing has to be remembered until the answer."""
    return {
        question(language).text: handler
        for question, handler in ((add_view.question, add), (remove_view.question, remove))
        for language in Language
    }
