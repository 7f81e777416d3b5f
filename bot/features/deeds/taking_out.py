"""Takes things out: all, an amount, a part, or all but what is left."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from fractions import Fraction
from typing import Final

from bot.conversation.replies import Button, LinkButton
from bot.conversation.requests import Request
from bot.features.common.lots import change_html, lot_html, lot_text, new_lot_list
from bot.features.common.names import (
    comma_list,
    item_label,
    name_html,
    name_label,
    typed_html,
)
from bot.features.common.offers import MOST_OFFERS
from bot.features.deeds.buttons import Stay, TakeOut
from bot.features.deeds.said import Said, as_text, thing_html
from bot.features.fridge.views import count_line, empty_text
from bot.features.remove.buttons import TakeLikely
from bot.features.services import Services, reply_language
from bot.features.undo.views import undo_button
from bot.locale.language import Language
from bot.understanding.likely_names import finding_likely_items
from bot.understanding.meaning import Act, Thing
from bot.understanding.names import Name
from fridge.catalogue.catalogue import Catalogue
from fridge.catalogue.keeping import usual_place_of
from fridge.items import Item, Share
from fridge.lots import MOST, All, Amount, Left, Part, Taking
from fridge.outcomes import Reduced, Reduction, Removed
from fridge.request_keys import RequestKey, RequestKind

ASKED_ABOUT: Final = (Reduction.UNKNOWN_AMOUNT, Reduction.OTHER_UNIT, Reduction.SEVERAL)
"""The outcomes of which the bot asks whether all is gone."""


@dataclass(frozen=True, slots=True)
class TakenOut:
    """What became of each thing, at the time `at`."""

    gone: Sequence[Thing]
    absent: Sequence[Thing]
    reduced: Reduced | None
    count: int
    language: Language
    at: datetime
    kind: RequestKind


async def take_out(
    things: Sequence[Thing],
    act: Act,
    *,
    key: RequestKey,
    today: date,
    request: Request,
    services: Services,
    named: bool = False,
) -> Said:
    """Take things out, and say what became of each.

    Args:
        things: the things, each with how much of it goes; without an amount, all goes.
        act: `LEFT`, where the amounts are those that stay; otherwise `TAKE`.
        key: of the change.
        today: in the time zone of the chat.
        request: of the person.
        services: change the fridge.
        named: whether the Undo has a name, for a message that may get several.
    """
    things = _each_once(things)
    takings = [_taking(thing, act) for thing in things]
    is_whole = all(isinstance(taking, All) for taking in takings)
    if is_whole and not any(thing.lot.best_before or thing.lot.place for thing in things):
        done = await _remove(things, key, request, services)
    else:
        done = await _reduce(things, takings, key, request, services)
    likely = await _likely([thing.name for thing in done.absent], done, request, services)
    return told_taken(
        things,
        done,
        likely,
        key=key,
        today=today,
        catalogue=services.catalogue,
        named=named,
    )


def ask_whether_all(things: Sequence[Thing], language: Language) -> Said:
    """Ask whether all of some things is gone."""
    return ask_to_take_out(
        things,
        language.gettext("Is it all gone? {names}"),
        language.gettext("All gone"),
        language.gettext("Still some"),
        language,
    )


def ask_to_take_out(
    things: Sequence[Thing], question: str, gone: str, stays: str, language: Language
) -> Said:
    """Ask whether to take all of some things out.

    Args:
        things: that may go.
        question: has `{names}` in it.
        gone: the label of the button that takes them out.
        stays: the label of the button that changes nothing.
        language: of the reply.
    """
    whole = [Thing(thing.name) for thing in things]
    names = comma_list(whole, lambda one: name_html(one.name, language), 700, language)
    asked = question.format(names=names)
    out = TakeOut(as_text(whole))
    stay = Button(stays, Stay().data)
    if not out.fits:
        return Said([asked, by_command(whole, language)], [[stay]])
    return Said([asked], [[Button(gone, out.data), stay]])


def by_command(things: Sequence[Thing], language: Language) -> str:
    """Give the command that takes out things which no button can carry."""
    names = comma_list(things, lambda one: typed_html(as_text([one])), 500, language)
    return language.gettext("To take them out, write: {command}").format(
        command=f"<code>/remove {names}</code>"
    )


async def _remove(
    things: Sequence[Thing], key: RequestKey, request: Request, services: Services
) -> TakenOut:
    keys = list({one for thing in things for one in thing.name.keys})
    result = await services.fridges.remove(key, keys, request.now)
    return of_removed(things, result, reply_language(result.language, request))


def of_removed(things: Sequence[Thing], result: Removed, language: Language) -> TakenOut:
    """Return what became of things that were to be taken out whole."""
    gone = [thing for thing in things if not result.keys.isdisjoint(thing.name.keys)]
    absent = [thing for thing in things if result.keys.isdisjoint(thing.name.keys)]
    return TakenOut(gone, absent, None, result.count, language, result.at, RequestKind.REMOVE)


async def _reduce(
    things: Sequence[Thing],
    takings: Sequence[Taking],
    key: RequestKey,
    request: Request,
    services: Services,
) -> TakenOut:
    shares = [_share(thing, taking) for thing, taking in zip(things, takings, strict=True)]
    result = await services.fridges.reduce(key, shares, request.now)
    return of_reduced(things, result, reply_language(result.language, request))


def of_reduced(things: Sequence[Thing], result: Reduced, language: Language) -> TakenOut:
    """Return what became of things of which some were to be taken out in part."""
    out = {item.key for item in result.taken_out} - {one.key for one in result.changed}
    gone = [thing for thing in things if not out.isdisjoint(thing.name.keys)]
    absent = _with_outcome(things, result, (Reduction.NOT_THERE,))
    return TakenOut(gone, absent, result, result.count, language, result.at, RequestKind.REDUCE)


def _each_once(things: Sequence[Thing]) -> Sequence[Thing]:
    """Return the things of each name, date and place once, with their amounts added up.

    What names a date or a place comes first, so that it gets the lots that it names; beside all of
    the name it says nothing more.
    """
    kinds: dict[object, Thing] = {}
    for thing in things:
        kind = (thing.name.key, thing.lot.best_before, thing.lot.place)
        before = kinds.setdefault(kind, thing)
        one, other = before.lot.amount, thing.lot.amount
        if before is not thing and one and other and one.unit is other.unit:
            number = min(one.number + other.number, MOST)
            kinds[kind] = replace(before, lot=replace(before.lot, amount=Amount(number, one.unit)))
    found = kinds.values()
    gone = {thing.name.key for thing in found if _is_all(thing) and not _narrowness(thing)}
    kept = [thing for thing in found if thing.name.key not in gone or not _narrowness(thing)]
    return sorted(kept, key=_narrowness, reverse=True)


def _narrowness(thing: Thing) -> int:
    """Return how much a thing says of which of its lots are meant."""
    return bool(thing.lot.best_before) + bool(thing.lot.place)


def _is_all(thing: Thing) -> bool:
    return thing.lot.amount is None and thing.share is None


def _taking(thing: Thing, act: Act) -> Taking:
    """Return how much of a thing goes."""
    amount, share = thing.lot.amount, thing.share
    if share is not None and 0 < share < 1:
        return Part(Fraction(1) - share if act is Act.LEFT else share)
    if amount is None:
        return All()
    return Left(amount) if act is Act.LEFT else amount


def _share(thing: Thing, taking: Taking) -> Share:
    ingredient = thing.name.ingredient
    usual = usual_place_of(ingredient.keeping if ingredient else None)
    return Share(thing.name.keys, taking, thing.lot.best_before, thing.lot.place, usual)


async def _likely(
    absent: Sequence[Name], done: TakenOut, request: Request, services: Services
) -> Sequence[Item]:
    """Return the items that names which are not in the fridge probably mean.

    Only for such names the fridge is read once more, as of the time when the request was first
    handled: a repeated delivery of the request must not count as a later use of the fridge.
    """
    if not absent or not done.count:
        return []
    found = await services.fridges.list(request.chat_id, done.at)
    return await services.slices.finish(finding_likely_items(absent, found.items, MOST_OFFERS))


def told_taken(
    things: Sequence[Thing],
    done: TakenOut,
    likely: Sequence[Item],
    *,
    key: RequestKey,
    today: date,
    catalogue: Catalogue,
    named: bool = False,
) -> Said:
    """Say what became of things that were to be taken out; see `take_out`."""
    language = done.language
    lines: list[str] = []
    if done.gone:
        names = comma_list(done.gone, lambda one: name_html(one.name, language), 2000, language)
        lines.append(language.gettext("Taken out: {names}").format(names=names))
    lines += _changes(done, today, catalogue)
    if done.absent:
        names = comma_list(
            done.absent, lambda one: _absent_html(one, today, language), 900, language
        )
        lines.append(language.gettext("Not in the fridge: {names}").format(names=names))
    questions: list[str] = []
    rows: list[Sequence[Button | LinkButton]] = []
    if done.gone or (done.reduced and (done.reduced.changed or done.reduced.taken_out)):
        label = name_label(things[0].name, language) if named else ""
        rows.append([undo_button(key, done.kind, language, label)])
    if done.reduced:
        asked = _with_outcome(things, done.reduced, ASKED_ABOUT)
        lines += [_unclear(thing, done.reduced, today, language) for thing in asked]
        countable = [thing for thing in asked if thing.share is None]
        if countable:
            asking = ask_whether_all(countable, language)
            questions += asking.lines
            rows += asking.rows
    rows += [[_out_button(item, language)] for item in likely]
    if not (lines or questions):
        names = comma_list(things, lambda one: thing_html(one, today, language), 900, language)
        lines.append(language.gettext("That is how it is already: {names}").format(names=names))
    if not done.count and not done.gone:
        lines.append(empty_text(language))
        return Said(lines, rows)
    return Said(lines, rows, count_line(done.count, language), questions)


def _changes(done: TakenOut, today: date, catalogue: Catalogue) -> Sequence[str]:
    """Say of each lessened lot what it was and what it is."""
    if done.reduced is None:
        return ()
    language = done.language
    lines: list[str] = []
    lessened = {one.key for one in done.reduced.changed}
    gone = [item for item in done.reduced.taken_out if item.key in lessened]
    if gone:
        shown = new_lot_list(gone, catalogue, today, language)
        lines.append(language.gettext("Taken out: {names}").format(names=shown))
    if done.reduced.changed:
        shown = comma_list(
            done.reduced.changed,
            lambda one: change_html(one, catalogue, today, language),
            1200,
            language,
        )
        lines.append(language.gettext("Left: {names}").format(names=shown))
    return lines


def _with_outcome(
    things: Sequence[Thing], result: Reduced, outcomes: Sequence[Reduction]
) -> Sequence[Thing]:
    pairs = zip(things, result.outcomes, strict=True)
    return [thing for thing, outcome in pairs if outcome in outcomes]


def _unclear(thing: Thing, result: Reduced, today: date, language: Language) -> str:
    """Say why nothing was taken of a thing."""
    lots = [item.lot for item in result.there if item.key in thing.name.keys]
    known = ", ".join(filter(None, (lot_text(lot, today, language) for lot in lots)))
    name = name_html(thing.name, language)
    if not any(lot.amount for lot in lots):
        return language.gettext(
            "I don't know how much there was of {name}, so I changed nothing."
        ).format(name=name)
    return language.gettext("There is {name}: {lots}. I changed nothing.").format(
        name=name, lots=known
    )


def _absent_html(thing: Thing, today: date, language: Language) -> str:
    """Return HTML for a thing that is not there, without the amount that it does not have."""
    lot = replace(thing.lot, amount=None)
    return lot_html(name_html(thing.name, language), lot, today, language)


def _out_button(item: Item, language: Language) -> Button:
    label = language.gettext("Take out {name}").format(name=item_label(item, language))
    return Button(label, TakeLikely(item.reference).data)
