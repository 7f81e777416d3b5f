"""The way of an update to its answer: the parts that both polling and the webhook feed."""

import logging
from collections.abc import Callable
from dataclasses import dataclass

from bot.features.registry import REGISTRY
from bot.features.services import Services
from bot.receiving.chat_queues import ChatQueues
from bot.receiving.door import Door
from bot.receiving.processing import Processing
from bot.receiving.routing import BotApplication, Routes, build_application
from bot.sending.delivery import Delivery
from bot.sending.flood_limits import FloodLimits
from bot.telegram.client import BotApi
from bot.telegram.outages import Outage
from bot.telegram.updates import RawUpdate, read_update

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Pipeline:
    """The door, a queue for each chat, the processing of one update, and the delivery of calls."""

    bot: BotApi
    application: BotApplication
    door: Door
    delivery: Delivery
    processing: Processing
    queues: ChatQueues


def build_pipeline(
    bot: BotApi, services: Services, limits: FloodLimits, redact: Callable[[str], str]
) -> Pipeline:
    """Put the parts together; the application is then to be initialised.

    Args:
        bot: makes the calls.
        services: what handlers work with.
        limits: Telegram's limits on sending.
        redact: takes the secrets out of what is recorded of a failure.
    """

    async def move(old_chat: int, new_chat: int) -> None:
        await services.migrated_groups.move(old_chat, new_chat, services.clock())
        services.allowed.follow(old_chat, new_chat)

    delivery = Delivery(
        bot,
        limits,
        move,
        services.unreachable_chats,
        services.clock,
        bound=REGISTRY.bound_to_chat,
    )
    application = build_application(bot)
    outage = Outage(logger, "The database")
    processing = Processing(
        Routes(bot, services, delivery, REGISTRY),
        delivery,
        services.failed_updates,
        outage,
        clock=services.clock,
        redact=redact,
    )

    door = Door(bot, limits, services.allowed)

    async def process(raw: RawUpdate) -> None:
        # One that can't be read is done with: it would not be any better the next time. What was
        # stored may be of a chat that has been taken off the list since.
        if (update := read_update(raw)) and door.lets_in(update):
            await processing.process(update)

    queues = ChatQueues(process, services.waiting_updates, outage)
    return Pipeline(bot, application, door, delivery, processing, queues)
