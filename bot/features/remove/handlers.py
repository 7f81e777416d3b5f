"""Answers `/remove`, and taps on items that a name which is not in the fridge may mean."""

from bot.conversation.replies import Edit, Notice, Reply, TapReply
from bot.conversation.requests import Request
from bot.features.common.chats import understand
from bot.features.common.offers import with_other_offers
from bot.features.deeds.handlers import do
from bot.features.fridge.views import already_out_notice
from bot.features.remove import views as view
from bot.features.remove.buttons import TakeLikely
from bot.features.services import Services, reply_language
from bot.understanding.meaning import Act


async def remove(request: Request, services: Services) -> Reply:
    """Take out the things after the command; without things, ask for them."""
    found, chat = await understand(request, services, "remove")
    if all(deed.act in (Act.UNSURE, Act.TALK) and not deed.things for deed in found.deeds):
        return view.question(chat.language if chat else await services.language(request))
    return await do(found, chat, request, services)


async def take_likely(request: Request, button: TakeLikely, services: Services) -> TapReply:
    """Take out the likely item that was offered; other offers stay."""
    result = await services.fridges.take(request.key, button.reference, request.now)
    language = reply_language(result.fridge.language, request)
    if result.item is None:
        return Notice(already_out_notice(language))
    count = len(result.fridge.items)
    done = view.taken(result.item, count, request.key, services.catalogue, language)
    return Edit(with_other_offers(done, request.offers, request.text, language))
