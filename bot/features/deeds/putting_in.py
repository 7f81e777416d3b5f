"""Puts things in: by `/add`, by plain words, and by buttons; also moves and dates."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Final

from bot.conversation.replies import Button, Buttons, LinkButton
from bot.conversation.requests import Request
from bot.features.add.buttons import Put, Swap
from bot.features.common.lots import (
    changed_html,
    date_text,
    is_only_known_better,
    lot_html,
    lot_text,
)
from bot.features.common.names import (
    comma_list,
    ingredient_label,
    name_html,
    name_label,
    typed_html,
    typed_label,
)
from bot.features.common.offers import MOST_OFFERS
from bot.features.common.refusals import too_long_line
from bot.features.deeds.said import Said, as_text, thing_html
from bot.features.fridge.views import count_line
from bot.features.services import Services
from bot.features.undo.views import undo_button
from bot.locale.language import Language
from bot.understanding.meaning import Thing
from fridge.catalogue.catalogue import Ingredient
from fridge.items import MAX_ITEMS, ItemKey, NewItem
from fridge.lots import Lot
from fridge.outcomes import Added, ChangedLot, Outcome
from fridge.request_keys import RequestKey, RequestKind

DAYS_OFFERED: Final = (3, 7, 14)
"""The dates that are offered, in days from today, where a date was not understood."""

MOST_QUESTIONS: Final = 3
"""Of so many things a message asks for the date."""

Likely = Mapping[ItemKey, Ingredient]


async def put_in(
    things: Sequence[Thing], key: RequestKey, request: Request, services: Services
) -> Added:
    """Put things in, in one statement."""
    items = [
        NewItem(thing.name.key, "" if thing.name.ingredient else thing.name.typed, thing.lot)
        for thing in things
    ]
    return await services.fridges.add(key, items, request.now, request.told_language)


def told(
    things: Sequence[Thing],
    result: Added,
    *,
    key: RequestKey,
    likely: Likely,
    today: date,
    language: Language,
    label: str = "",
) -> Said:
    """Say what became of each thing, with buttons to undo, to correct and to set a date.

    Args:
        things: the things that were to be put in.
        result: the outcome.
        key: of the request.
        likely: what names that the catalogue does not know probably mean.
        today: in the time zone of the chat.
        language: of the reply.
        label: names the change on the Undo, for a message that may get several.
    """
    changed = {one.key for one in result.changed}
    things = _each_once([thing for thing in things if thing.name.key in result.outcomes])
    added = _those(things, result, Outcome.ADDED)
    fresh = [thing for thing in added if thing.name.key not in changed]
    unread = [thing for thing in things if thing.date_unread]
    lines = [
        _line(language.gettext("Added: {names}"), fresh, today, language),
        *_changes(things, result, today, language),
        _already(_those(things, result, Outcome.ALREADY_THERE), result, today, language),
        _line(
            language.gettext("The fridge is full ({most} items), so I left out: {names}"),
            _those(things, result, Outcome.NO_ROOM),
            today,
            language,
            most=MAX_ITEMS,
        ),
    ]
    questions = [_date_question(thing, language) for thing in unread[:MOST_QUESTIONS]]
    rows: list[Sequence[Button | LinkButton]] = []
    if added:
        rows.append([undo_button(key, RequestKind.ADD, language, label)])
    slips = [thing for thing in fresh if thing.name.key in likely]
    rows += [
        [_swap_button(one.name.key, likely[one.name.key], language)] for one in slips[:MOST_OFFERS]
    ]
    rows += [row for thing in unread[:MOST_QUESTIONS] if (row := _days(thing, today, language))]
    ending = count_line(result.count, language)
    return Said([line for line in lines if line], rows, ending, questions)


def already_in_notice(language: Language) -> str:
    """Return the notice that the offered names are in the fridge already."""
    return language.gettext("That is in already.")


def offer(things: Sequence[Thing], likely: Likely, today: date, language: Language) -> Said:
    """Ask whether to put in things whose names are not known."""
    too_long = [thing.name.typed for thing in things if thing.name.is_too_long]
    usable = [thing for thing in things if not thing.name.is_too_long]
    lines = [too_long_line(too_long, language)] if too_long else []
    if not usable:
        return Said(lines)
    question = language.ngettext(
        "New to me: {names}. Put it in?", "New to me: {names}. Put them in?", len(usable)
    )
    lines.append(_line(question, usable, today, language))
    on_buttons = [thing for thing in usable if Put(as_text([thing])).fits][:MOST_OFFERS]
    rest = [thing for thing in usable if thing not in on_buttons]
    if rest:
        # The command is to be copied, so it has whole names only.
        shown = comma_list(rest, lambda one: typed_html(as_text([one])), 500, language)
        by_command = language.gettext("To put in the rest, write: {command}")
        lines.append(by_command.format(command=f"<code>/add {shown}</code>"))
    rows: list[Sequence[Button | LinkButton]] = []
    together = Put(as_text(usable))
    if len(usable) > 1 and together.fits:
        rows.append([Button(language.gettext("Put all in"), together.data)])
    for thing in on_buttons:
        rows += _offer_rows(thing, likely.get(thing.name.key), language)
    return Said(lines, rows)


def _each_once(things: Sequence[Thing]) -> Sequence[Thing]:
    """Return the things without those that say of a name nothing new."""
    kept: list[Thing] = []
    names: set[ItemKey] = set()
    for thing in things:
        if thing.name.key not in names or not (thing.lot.is_bare and not thing.date_unread):
            kept.append(thing)
        names.add(thing.name.key)
    return kept


def _those(things: Iterable[Thing], result: Added, outcome: Outcome) -> Sequence[Thing]:
    return [thing for thing in things if result.outcomes.get(thing.name.key) is outcome]


def _line(
    sentence: str, things: Sequence[Thing], today: date, language: Language, **values: object
) -> str:
    if not things:
        return ""
    names = comma_list(things, lambda one: thing_html(one, today, language), 1200, language)
    return sentence.format(names=names, **values)


def _changes(
    things: Sequence[Thing], result: Added, today: date, language: Language
) -> Sequence[str]:
    """Say of each changed lot what it was and what it is."""
    names = {thing.name.key: name_html(thing.name, language) for thing in things}

    def was(one: ChangedLot) -> str:
        name = names.get(one.key, typed_html(one.name))
        return changed_html(name, one.before, one.after, today, language)

    def is_now(one: ChangedLot) -> str:
        name = names.get(one.key, typed_html(one.name))
        return lot_html(name, one.after, today, language)

    new = [one for one in result.changed if is_only_known_better(one.before, one.after)]
    known = [one for one in result.changed if one not in new]
    lines: list[str] = []
    if known:
        shown = comma_list(known, was, 900, language)
        lines.append(language.gettext("Changed: {names}").format(names=shown))
    if new:
        shown = comma_list(new, is_now, 600, language)
        lines.append(language.gettext("Noted: {names}").format(names=shown))
    return lines


def _already(things: Sequence[Thing], result: Added, today: date, language: Language) -> str:
    """Say which names are there already, and how much of each."""
    if not things:
        return ""
    things = list({thing.name.key: thing for thing in things}.values())
    there: dict[ItemKey, list[Lot]] = {}
    for item in result.there:
        there.setdefault(item.key, []).append(item.lot)

    def shown(thing: Thing) -> str:
        name = name_html(thing.name, language)
        details = [lot_text(lot, today, language) for lot in there.get(thing.name.key, ())]
        known = ", ".join(filter(None, details))
        return f"{name} ({known})" if known else name

    names = comma_list(things, shown, 600, language)
    return language.gettext("Already there: {names}").format(names=names)


def _date_question(thing: Thing, language: Language) -> str:
    return language.gettext("What date is on {name}? I can't read “{said}” as a date.").format(
        name=name_html(thing.name, language), said=typed_html(thing.date_unread)
    )


def _days(thing: Thing, today: date, language: Language) -> Sequence[Button]:
    """Return buttons that set the date of a thing, which the fridge has without one."""
    buttons: list[Button] = []
    for days in DAYS_OFFERED:
        day = today + timedelta(days)
        lot = Lot(best_before=day, note=thing.lot.note)
        put = Put(as_text([Thing(thing.name, lot=lot)]))
        if put.fits:
            buttons.append(Button(date_text(day, today, language), put.data))
    return buttons


def _swap_button(key: ItemKey, meant: Ingredient, language: Language) -> Button:
    label = language.gettext("Did you mean {name}?")
    return Button(
        label.format(name=ingredient_label(meant, language)), Swap(key.reference, meant.id).data
    )


def _offer_rows(thing: Thing, likely: Ingredient | None, language: Language) -> Buttons:
    """Return a button for the thing as it is, and before it one for what the name may mean."""
    label = language.gettext("Add “{name}”").format(name=typed_label(thing.name.typed))
    as_it_is = Button(label, Put(as_text([thing])).data)
    meant = thing.several
    if meant:
        several = Put(as_text([Thing(name) for name in meant]))
        names = comma_list(meant, lambda one: name_label(one, language), 24, language)
        if several.fits:
            label = language.gettext("Add {name}").format(name=names)
            return [[Button(label, several.data)], [as_it_is]]
    if likely is None:
        return [[as_it_is]]
    spelled = min((likely.ko, likely.en), key=lambda one: len(one.encode()))
    put = Put(as_text([thing]).replace(thing.name.typed, spelled, 1))
    label = language.gettext("Add {name}").format(name=ingredient_label(likely, language))
    return [[Button(label, put.data), as_it_is]] if put.fits else [[as_it_is]]
