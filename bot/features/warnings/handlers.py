"""Sends the warning before a fridge empties itself, and answers taps on its button."""

import logging

from telegram.error import NetworkError

from bot.conversation.replies import Edit, Notice, TapReply
from bot.conversation.requests import Request
from bot.features.services import Services, reply_language
from bot.features.warnings import views as view
from bot.features.warnings.buttons import KeepWarned
from bot.locale.language import Language
from bot.sending.delivery import Delivery
from bot.sending.reachability import Reachability
from bot.sending.reply_calls import message_call
from db.fridges.expiry_warnings import DueWarning

logger = logging.getLogger(__name__)


async def warn(
    due: DueWarning, services: Services, delivery: Delivery, reachability: Reachability
) -> int | None:
    """Send a warning, but not to a chat that may not use the bot any more.

    Returns:
        The chat to mark as warned: that of `Delivery.deliver`, or the chat of the warning if
        Telegram refuses the message for good. None for a chat that takes no messages, or that may
        not use the bot.

    Raises:
        DatabaseAway: as `Delivery.deliver` does; also where the chat can't be recorded as one that
            may not use the bot.
    """
    if due.chat_id not in services.allowed:
        # Recorded as unreachable, the chat is due no warning until it uses its fridge again.
        await services.unreachable_chats.put(due.chat_id, services.clock())
        return None
    language = Language(due.language) if due.language else Language.ENGLISH
    message = view.warning(due, services.clock(), services.ttl, services.catalogue, language)
    # A use since the chat became unreachable means that another replica heard from the chat.
    reachability.heard_from(due.chat_id, due.last_accessed)
    try:
        return await delivery.deliver(message_call(due.chat_id, message))
    except NetworkError:
        # Telegram refuses the message, or it can't be encoded: the next attempt would fail as well.
        logger.exception("A warning can't be sent")
        return due.chat_id


async def keep(request: Request, button: KeepWarned, services: Services) -> TapReply:
    """Keep the fridge of the warning, or bring it back if it has emptied itself."""
    result = await services.warnings.keep(
        request.key, button.period, request.now, language=request.told_language
    )
    language = reply_language(result.language, request)
    message = view.kept(result, services.catalogue, language)
    return Edit(message) if message else Notice(view.too_late_notice(language))
