"""The warning before a fridge empties itself, and the button under it."""

import logging

from telegram.error import NetworkError

from bot.delivery import Delivery
from bot.language import Language
from bot.replies import Edit, Notice, TapReply
from bot.requests import Request
from bot.services import Services, spoken
from bot.transport import message_call
from bot.views import warning as view
from db.expiry_warnings import DueWarning

logger = logging.getLogger(__name__)


async def warn(due: DueWarning, services: Services, delivery: Delivery) -> int | None:
    """Send a warning.

    Returns:
        The chat that has it, as `Delivery.deliver` does; None also where it may not use the bot.

    Raises:
        DatabaseAway: as `Delivery.deliver` does.
    """
    if due.chat_id not in services.allowed:
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


async def keep(request: Request, services: Services) -> TapReply:
    """Keep the fridge that was warned of, or bring it back."""
    period = view.warned_period(request.text)
    result = await services.warnings.keep(
        request.key, period, request.now, language=request.told_language
    )
    language = spoken(result.language, request)
    message = view.kept(result, services.catalogue, language)
    return Edit(message) if message else Notice(view.too_late(language))
