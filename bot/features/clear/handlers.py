"""Answers `/clear`: empties the fridge, after a question."""

from bot.conversation.replies import Edit, Notice, Reply, TapReply
from bot.conversation.requests import Request
from bot.features.clear import views as view
from bot.features.clear.buttons import ConfirmClear
from bot.features.services import Services, reply_language


async def clear(request: Request, services: Services) -> Reply:
    """Ask before the fridge is emptied."""
    found = await services.fridges.list(request.chat_id, request.now)
    language = reply_language(found.language, request)
    if not found.items:
        return view.nothing(language)
    return view.question(len(found.items), request.now, language)


async def confirm_clear(request: Request, button: ConfirmClear, services: Services) -> TapReply:
    """Take out the items from before the question; later ones stay.

    The second person who taps gets a notice: the message with the first person's Undo stays.
    """
    result = await services.fridges.clear(request.key, button.asked_at, request.now)
    language = reply_language(result.language, request)
    if not result.count:
        return Notice(view.already_cleared_notice(language))
    return Edit(view.cleared(request.key, result.count, language))


async def cancel_clear(request: Request, services: Services) -> TapReply:
    """Keep everything."""
    return Edit(view.cancelled(await services.language(request)))
