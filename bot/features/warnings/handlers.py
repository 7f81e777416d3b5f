"""The warning before a fridge empties itself, and the button under it."""

import logging

from telegram.error import NetworkError

from bot.conversation.replies import Edit, Notice, TapReply
from bot.conversation.requests import Request
from bot.features.services import Services, spoken
from bot.features.warnings import views as view
from bot.features.warnings.buttons import KeepWarned
from bot.locale.language import Language
from bot.sending.delivery import Delivery
from bot.sending.reply_calls import message_call
from db.fridges.expiry_warnings import DueWarning

logger = logging.getLogger(__name__)


async def warn(due: DueWarning, services: Services, delivery: Delivery) -> int | None:
    """Send a warning; none, now or later, to a chat that may not use the bot any more.

    Returns:
        The chat that has it, as `Delivery.deliver` does; None also where it may not use the bot.

    Raises:
        DatabaseAway: as `Delivery.deliver` does, or that a chat may not use it can't be recorded.
    """
    if due.chat_id not in services.allowed:
        # As one that takes no messages, it is due no more warning until it uses its fridge again.
        await services.unreachable_chats.put(due.chat_id, services.clock())
        return None
    language = Language(due.language) if due.language else Language.ENGLISH
    message = view.warning(due, services.clock(), services.ttl, services.catalogue, language)
    # Whoever used the fridge since it was marked as unreachable was heard by another replica.
    delivery.heard_from(due.chat_id, due.last_accessed)
    try:
        return await delivery.deliver(message_call(due.chat_id, message))
    except NetworkError:
        # It was refused, or can't be written down, and would not be any better the next time.
        logger.exception("A warning can't be sent")
        return due.chat_id


async def keep(request: Request, button: KeepWarned, services: Services) -> TapReply:
    """Keep the fridge that was warned of, or bring it back."""
    result = await services.warnings.keep(
        request.key, button.period, request.now, language=request.told_language
    )
    language = spoken(result.language, request)
    message = view.kept(result, services.catalogue, language)
    return Edit(message) if message else Notice(view.too_late(language))
