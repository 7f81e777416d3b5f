"""Corrects what was put in: one thing in the place of another, or another amount, date or place."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

from bot.conversation.replies import Button
from bot.conversation.requests import Request
from bot.features.add.buttons import Swap
from bot.features.common.chats import Chat
from bot.features.common.due import usual_place
from bot.features.common.lots import changed_html, lot_html
from bot.features.common.names import item_html, item_label, name_html
from bot.features.common.offers import MOST_OFFERS
from bot.features.common.refusals import too_long_line
from bot.features.deeds import views as view
from bot.features.deeds.said import Said, lot_of_item_html
from bot.features.fridge.views import count_line
from bot.features.services import Services
from bot.features.undo.views import undo_button
from bot.understanding.meaning import Deed, Thing
from fridge.items import Item, NewItem, Share
from fridge.lots import Adjustment, Amount, Into, Left, Lot, Unit, UnitFamily, Until
from fridge.outcomes import ChangedLot, PutIn
from fridge.request_keys import RequestKey, RequestKind

RECENT: Final = timedelta(minutes=10)
"""A correction that names nothing is about what was put in within this time; older lots are asked
about."""

PLACE_PART: Final = 99
"""The part of a request that changes the place, beside one that changes the date."""


@dataclass(frozen=True, slots=True)
class _Corrected:
    """A lot that a correction is about, and what is known of how it was put in."""

    item: Item
    put_in: PutIn | None = None

    @property
    def is_more(self) -> bool:
        """Tell whether it was there before, so that only what came to it is corrected."""
        return self.put_in is not None and self.put_in.before is not None


async def correct(
    deed: Deed, key: RequestKey, chat: Chat, request: Request, services: Services
) -> Said:
    """Correct a lot: the one that the deed names, or the one that was put in last."""
    language = chat.language
    found, is_sure = await _corrected(deed.instead_of, key, chat, services)
    if not found:
        named = deed.instead_of
        return view.not_there(named, language) if named else view.not_understood(language)
    new = deed.things[0] if len(deed.things) == 1 else None
    if new is not None and new.name.is_too_long:
        return Said([too_long_line([new.name.typed], language)])
    if len(found) > 1 or not is_sure:
        buttons = [_swap(one.item, new, chat) for one in found[:MOST_OFFERS]]
        return view.which_instead([one for one in buttons if one], language)
    if new is not None and found[0].item.key not in new.name.keys:
        return await _replace(found[0], new, key, chat, request, services)
    fix = new or (deed.fix if not deed.things else None)
    if fix is not None:
        return await _fix(found[0], fix.lot, key, chat, request, services)
    return view.not_understood(language)


async def _corrected(
    named: Sequence[Thing], key: RequestKey, chat: Chat, services: Services
) -> tuple[Sequence[_Corrected], bool]:
    """Return the lots of the named things; without names, those that were put in last.

    The second value tells whether it is sure that they are meant.
    """
    items = chat.fridge.items
    if named:
        keys = {key for thing in named for key in thing.name.keys}
        return [_Corrected(item) for item in items if item.key in keys], True
    last = await services.fridges.last_put_in(key, chat.at - RECENT, chat.at)
    if last:
        lots = {(item.key, item.number): item for item in items}
        there = [(lots.get((one.key, one.number)), one) for one in last]
        return [_Corrected(item, one) for item, one in there if item], True
    newest = [item for item in items if item.added_at == items[0].added_at]
    return [_Corrected(item) for item in newest], False


def _swap(item: Item, new: Thing | None, chat: Chat) -> Button | None:
    """Return a button that puts an ingredient in the place of a lot."""
    if new is None or new.name.ingredient is None:
        return None
    label = item_label(item, chat.language)
    return Button(label, Swap(item.reference, new.name.ingredient.id).data)


async def _replace(  # noqa: PLR0917 (one act)
    found: _Corrected, new: Thing, key: RequestKey, chat: Chat, request: Request, services: Services
) -> Said:
    if found.is_more:
        return await _replace_more(found, new, key, chat, request, services)
    language, item = chat.language, found.item
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


async def _replace_more(  # noqa: PLR0917 (one act)
    found: _Corrected, new: Thing, key: RequestKey, chat: Chat, request: Request, services: Services
) -> Said:
    """Put in another thing instead of what came to a lot that was there before."""
    language, item = chat.language, found.item
    more = _more(found)
    if found.put_in is None or found.put_in.before is None or more is None:
        return view.which_instead([], language)
    before = found.put_in.before.amount
    if before is None or item.lot != found.put_in.after:
        return view.which_instead([], language)
    share = Share([item.key], Left(before), number=item.number)
    reduced = await services.fridges.reduce(key, [share], request.now)
    lot = replace(new.lot, amount=new.lot.amount or more)
    added = await services.fridges.add(
        key, [NewItem(new.name.key, new.name.as_new_item().name, lot)], request.now
    )
    after = lot_html(name_html(new.name, language), lot, chat.today, language)
    return Said(
        [
            _changes(item, reduced.changed, chat),
            language.gettext("Added: {names}").format(names=after),
        ],
        [
            [undo_button(key, RequestKind.ADD, language)],
            [undo_button(key, RequestKind.REDUCE, language, item_label(item, language))],
        ],
        count_line(added.count, language),
    )


def _more(found: _Corrected) -> Amount | None:
    """Return how much came to a lot that was there before."""
    if found.put_in is None or found.put_in.before is None:
        return None
    before, after = found.put_in.before.amount, found.put_in.after.amount
    if before is None or after is None or before.unit is not after.unit:
        return None
    number = after.number - before.number
    return Amount(number, after.unit) if number > 0 else None


async def _fix(  # noqa: PLR0917 (one act)
    found: _Corrected, fix: Lot, key: RequestKey, chat: Chat, request: Request, services: Services
) -> Said:
    """Give a lot another amount, date and place, as far as they are said."""
    language, item = chat.language, found.item
    lines: list[str] = []
    undos: list[Button] = []
    if fix.amount:
        amount = _meant(found, fix.amount)
        if amount is None:
            return view.which_instead([], language)
        share = Share([item.key], Left(amount), number=item.number)
        reduced = await services.fridges.reduce(key, [share], request.now)
        lines.append(_changes(item, reduced.changed, chat))
        undos.append(undo_button(key, RequestKind.REDUCE, language))
    for adjustment, of in _adjustments(item, fix, key, services):
        adjusted = await services.fridges.adjust(of, item.reference, adjustment, request.now)
        lines.append(_changes(item, [adjusted.lot] if adjusted.lot else [], chat))
        undos.append(undo_button(of, RequestKind.ADJUST, language))
    if not any(lines):
        return view.stays(language) if undos else view.not_understood(language)
    rows = [[undo] for line, undo in zip(lines, undos, strict=True) if line]
    return Said(list(filter(None, lines)), rows, count_line(len(chat.fridge.items), language))


def _meant(found: _Corrected, said: Amount) -> Amount | None:
    """Return the amount that a lot has to have if so much was put in; None if it is not clear."""
    if not found.is_more or found.put_in is None or found.put_in.before is None:
        return said
    before = found.put_in.before.amount
    if before is None:
        return said
    is_bare_count = said.unit is Unit.PIECE and before.unit.family is UnitFamily.CONTAINERS
    if said.unit is not before.unit and not is_bare_count:
        return None
    return Amount(before.number + said.number, before.unit)


def _adjustments(
    item: Item, fix: Lot, key: RequestKey, services: Services
) -> Sequence[tuple[Adjustment, RequestKey]]:
    """Return the changes of the date and the place, each with the key of its record."""
    changes: list[tuple[Adjustment, RequestKey]] = []
    if fix.best_before:
        changes.append((Until(fix.best_before), key))
    if fix.place:
        usual = usual_place(item.key, services.catalogue)
        whole = key._replace(request=key.request.partition(".")[0])
        changes.append((Into(fix.place, usual), whole.part(PLACE_PART) if changes else key))
    return changes


def _changes(item: Item, changed: Sequence[ChangedLot], chat: Chat) -> str:
    language = chat.language
    if not changed:
        return ""
    shown = changed_html(
        item_html(item, language), changed[0].before, changed[0].after, chat.today, language
    )
    return language.gettext("Changed: {names}").format(names=shown)
