"""Answers `/remove`: takes items out of the fridge."""

from collections.abc import Sequence

from bot.conversation.replies import Edit, Notice, Reply, TapReply
from bot.conversation.requests import Request
from bot.features.common import refusals
from bot.features.common.offers import MOST_OFFERS, with_other_offers
from bot.features.fridge.views import already_out_notice
from bot.features.remove import views as view
from bot.features.remove.buttons import TakeLikely
from bot.features.services import Services, reply_language
from bot.understanding.likely_names import finding_likely_items
from bot.understanding.names import Names
from fridge.items import Item
from fridge.outcomes import Removed


async def remove(request: Request, services: Services) -> Reply:
    """Remove the items after the command; without names, ask for them."""
    names = await services.names(request.text)
    if names.usable:
        keys = list({key for name in names.usable for key in name.keys})
        result = await services.fridges.remove(request.key, keys, request.now)
        likely = await _likely(names, result, request, services)
        return view.removed(
            names, result, request.key, likely, reply_language(result.language, request)
        )
    language = await services.language(request)
    if names.too_long:
        return refusals.nothing_usable(names, language)
    return view.question(language)


async def take_likely(request: Request, button: TakeLikely, services: Services) -> TapReply:
    """Take out the likely item that was offered; other offers stay."""
    result = await services.fridges.take(request.key, button.reference, request.now)
    language = reply_language(result.fridge.language, request)
    if result.item is None:
        return Notice(already_out_notice(language))
    count = len(result.fridge.items)
    done = view.taken(result.item, count, request.key, services.catalogue, language)
    return Edit(with_other_offers(done, request.offers, request.text, language))


async def _likely(
    names: Names, result: Removed, request: Request, services: Services
) -> Sequence[Item]:
    """Return the items that names which are not in the fridge probably mean.

    Only for such names the fridge is read once more, as of the time when the request was first
    handled: a repeated delivery of the request must not count as a later use of the fridge.
    """
    absent = view.absent(names, result)
    if not absent or not result.count:
        return []
    found = await services.fridges.list(request.chat_id, result.at)
    return await services.slices.finish(finding_likely_items(absent, found.items, MOST_OFFERS))
