"""Corrects what was put in: one thing in the place of another, or another amount, date or place."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from bot.conversation.replies import Button
from bot.conversation.requests import Request
from bot.features.add.buttons import Swap
from bot.features.common.chats import Chat
from bot.features.common.lots import changed_html, lot_html
from bot.features.common.names import item_html, item_label, name_html
from bot.features.common.offers import MOST_OFFERS
from bot.features.deeds import views as view
from bot.features.deeds.said import Said, lot_of_item_html
from bot.features.fridge.views import count_line
from bot.features.services import Services
from bot.features.undo.views import undo_button
from bot.understanding.meaning import Deed, Thing
from fridge.items import Item, Share
from fridge.lots import Left
from fridge.request_keys import RequestKey, RequestKind

RECENT: Final = timedelta(minutes=10)
"""A correction that names nothing is about what was put in within this time; older lots are asked
about."""


async def correct(
    deed: Deed, key: RequestKey, chat: Chat, request: Request, services: Services
) -> Said:
    """Correct a lot: the one that the deed names, or the one that was put in last."""
    language = chat.language
    found = _corrected(deed.instead_of, chat)
    if not found:
        named = deed.instead_of
        return view.not_there(named, language) if named else view.not_understood(language)
    new = deed.things[0] if len(deed.things) == 1 else None
    is_recent = bool(deed.instead_of) or request.now - found[0].added_at <= RECENT
    if len(found) > 1 or not is_recent:
        buttons = [_swap(item, new, chat) for item in found[:MOST_OFFERS]]
        return view.which_instead([one for one in buttons if one], language)
    if new is not None:
        return await _replace(found[0], new, key, chat, request, services)
    if deed.fix is not None and not deed.things:
        return await _fix(found[0], deed.fix, key, chat, request, services)
    return view.not_understood(language)


def _corrected(named: Sequence[Thing], chat: Chat) -> Sequence[Item]:
    """Return the lots of the named things; without names, those that were put in last."""
    items = chat.fridge.items
    if named:
        keys = {key for thing in named for key in thing.name.keys}
        return [item for item in items if item.key in keys]
    return [item for item in items if item.added_at == items[0].added_at]


def _swap(item: Item, new: Thing | None, chat: Chat) -> Button | None:
    """Return a button that puts an ingredient in the place of a lot."""
    if new is None or new.name.ingredient is None:
        return None
    label = item_label(item, chat.language)
    return Button(label, Swap(item.reference, new.name.ingredient.id).data)


async def _replace(  # noqa: PLR0917 (one act)
    item: Item, new: Thing, key: RequestKey, chat: Chat, request: Request, services: Services
) -> Said:
    language = chat.language
    by = new.name.as_new_item()
    result = await services.fridges.replace(key, item.reference, by, request.now)
    if result.before is None:
        return view.stays(language)
    shown = language.gettext("Changed: {before} → {after}").format(
        before=lot_of_item_html(item, chat.today, language), after=name_html(new.name, language)
    )
    undo = undo_button(key, RequestKind.REPLACE, language)
    done = Said([shown], [[undo]], count_line(result.count, language))
    if new.lot.amount is None:
        return done
    left = Share([new.name.key], Left(new.lot.amount))
    await services.fridges.reduce(key, [left], request.now)
    amount = lot_html(name_html(new.name, language), new.lot, chat.today, language)
    said = language.gettext("Left: {names}").format(names=amount)
    return Said(
        [shown, said],
        [[undo, undo_button(key, RequestKind.REDUCE, language, item_label(item, language))]],
        count_line(result.count, language),
    )


async def _fix(  # noqa: PLR0917 (one act)
    item: Item, fix: Thing, key: RequestKey, chat: Chat, request: Request, services: Services
) -> Said:
    """Give a lot another amount, date or place: the first of them that is said."""
    language, lot = chat.language, fix.lot
    if lot.amount:
        share = Share([item.key], Left(lot.amount), number=item.number)
        reduced = await services.fridges.reduce(key, [share], request.now)
        changed = next(iter(reduced.changed), None)
        kind = RequestKind.REDUCE
    elif lot.best_before:
        kind = RequestKind.ADJUST
        adjusted = await services.fridges.set_date(
            key, item.reference, lot.best_before, request.now
        )
        changed = adjusted.lot
    elif lot.place:
        kind = RequestKind.ADJUST
        adjusted = await services.fridges.move(key, item.reference, lot.place, request.now)
        changed = adjusted.lot
    else:
        return view.not_understood(language)
    if changed is None:
        return view.stays(language)
    shown = changed_html(
        item_html(item, language), changed.before, changed.after, chat.today, language
    )
    return Said(
        [language.gettext("Changed: {names}").format(names=shown)],
        [[undo_button(key, kind, language)]],
        count_line(len(chat.fridge.items), language),
    )
