"""Answers `/add`, and taps on offers of another ingredient."""

from bot.conversation.replies import Edit, Notice, Reply, TapReply
from bot.conversation.requests import Request
from bot.features.add import views as view
from bot.features.add.buttons import Swap
from bot.features.common.chats import understand
from bot.features.common.offers import with_other_offers
from bot.features.deeds.handlers import do, has_too_many
from bot.features.files.import_handlers import import_, offer_receipt
from bot.features.fridge.views import already_out_notice
from bot.features.guide import views as guide
from bot.features.services import Services, reply_language
from bot.understanding.meaning import Act
from fridge.items import ItemKey, NewItem


async def add(request: Request, services: Services) -> Reply:
    """Put in the things after the command; without things, ask for them.

    A list with too many things is shown first, as by `/import`.
    """
    found, chat = await understand(request, services, "add")
    if found.is_receipt and chat:
        return await offer_receipt(request.text, chat, request, services)
    if has_too_many(found, request.text):
        return await import_(request, services)
    if all(deed.act in (Act.UNSURE, Act.TALK) and not deed.things for deed in found.deeds):
        return view.question(chat.language if chat else await services.language(request))
    return await do(found, chat, request, services)


async def swap(request: Request, button: Swap, services: Services) -> TapReply:
    """Replace the item as it was typed by the likely ingredient; other offers stay."""
    meant = services.catalogue.find(button.ingredient_id)
    if meant is None:
        return Notice(guide.stale_button_notice(await services.language(request)))
    by = NewItem(ItemKey(meant.id))
    result = await services.fridges.replace(request.key, button.reference, by, request.now)
    language = reply_language(result.language, request)
    if result.before is None:
        return Notice(already_out_notice(language))
    done = view.swapped(
        result.before,
        meant,
        result.count,
        key=request.key,
        catalogue=services.catalogue,
        language=language,
    )
    return Edit(with_other_offers(done, request.offers, request.text, language))
