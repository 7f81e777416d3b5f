"""Answers `/forget`: deletes everything about a chat, after a question."""

from bot.conversation.replies import Edit, Reply, TapReply
from bot.conversation.requests import Request
from bot.features.forget import views as view
from bot.features.forget.buttons import ConfirmForget
from bot.features.services import Services


async def forget(request: Request, services: Services) -> Reply:
    """Ask before everything is deleted."""
    language = await services.language(request)
    stored = await services.forgetting.stored(request.chat_id)
    return view.question(stored, request.now, language)


async def confirm_forget(request: Request, button: ConfirmForget, services: Services) -> TapReply:
    """Delete everything; answer in the language of the question: the chat's choice is deleted."""
    deleted = await services.forgetting.forget(request.key, button.asked_at, request.now)
    if deleted is None:
        return Edit(view.asked_long_ago(button.language))
    return Edit(view.forgotten(deleted, button.language))


async def cancel_forget(request: Request, services: Services) -> TapReply:
    """Delete nothing."""
    return Edit(view.cancelled(await services.language(request)))
