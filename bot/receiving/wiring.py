"""Puts together the parts that an update passes, whether it was polled or posted."""

import logging
from collections.abc import Callable
from dataclasses import dataclass

from bot.fault_log import OutageLog
from bot.features.registry import REGISTRY
from bot.features.services import Services
from bot.receiving.albums import Albums
from bot.receiving.chat_queues import GRACE_SECONDS, ChatQueues
from bot.receiving.door import Door
from bot.receiving.processing import Processing
from bot.receiving.routing import Routes
from bot.sending.delivery import Delivery
from bot.sending.flood_limits import FloodLimits
from bot.sending.reachability import Reachability
from bot.telegram.client import BotApiClient
from bot.telegram.updates import RawUpdate, read_update

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Pipeline:
    """The parts that an update passes, and what they share."""

    bot: BotApiClient
    limits: FloodLimits
    reachability: Reachability
    door: Door
    albums: Albums
    queues: ChatQueues
    processing: Processing
    delivery: Delivery


def build_pipeline(
    bot: BotApiClient,
    services: Services,
    limits: FloodLimits,
    redact: Callable[[str], str],
    *,
    grace: float = GRACE_SECONDS,
) -> Pipeline:
    """Put the parts together; `bot` is to be initialised before updates come.

    Args:
        bot: makes the calls.
        services: what handlers work with.
        limits: Telegram's limits on sending.
        redact: takes the secrets out of the record of a failure.
        grace: how many seconds a polled batch may take before the rest of it is stored.
    """
    reachability = Reachability(services.unreachable_chats, services.clock)
    delivery = Delivery(
        bot, limits, reachability, services.move_group, bound_to_chat=REGISTRY.bound_to_chat
    )
    albums = Albums(delivery.deliver)
    outage = OutageLog(logger, "The database")
    processing = Processing(
        Routes(bot, services, reachability, REGISTRY, albums, answers=delivery.answers),
        delivery,
        services.failed_updates,
        outage,
        clock=services.clock,
        redact=redact,
    )
    door = Door(bot, limits, services.allowed)

    async def process(raw: RawUpdate) -> None:
        # An update that can't be read is done with: a retry would not read it either. A stored one
        # may be of a chat that has been taken off the list since.
        if (update := read_update(raw)) and door.lets_in(update):
            await processing.process(update)

    queues = ChatQueues(process, services.waiting_updates, outage, grace)
    return Pipeline(bot, limits, reachability, door, albums, queues, processing, delivery)
