"""An opened lot of the list: what is known of it, and the buttons that change it."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from babel.dates import format_date, format_skeleton

from bot.conversation.replies import Button, Message
from bot.features.common.due import Calendar, place_of
from bot.features.common.lots import (
    amount_text,
    change_html,
    date_text,
    estimate_text,
    place_heading,
    until_text,
)
from bot.features.common.names import item_html, typed_html
from bot.features.common.rows import in_rows
from bot.features.fridge.buttons import ChangeLot, ChooseDay, ListView, OpenLot, ShowList
from bot.locale.language import Language
from fridge.items import Item
from fridge.lots import (
    MOST,
    Adjustment,
    All,
    Amount,
    First,
    Half,
    Into,
    More,
    Place,
    Unit,
    UnitFamily,
    Until,
)
from fridge.outcomes import ChangedLot

FORTNIGHT: Final = 14
"""How many days the calendar shows at a time."""

LAST_FORTNIGHT: Final = 25
"""The calendar ends about a year from now."""

FIRST_AMOUNTS: Final = range(1, 6)
"""The numbers that are offered for a lot without an amount."""

STEPS: Final = (Decimal(100), Decimal(10), Decimal(1))
"""The steps of grams and millilitres; that of a lot is the largest below its amount."""


def opened(
    item: Item,
    view: ListView,
    calendar: Calendar,
    language: Language,
    *,
    above: str = "",
    undo: Button | None = None,
) -> Message:
    """Return a lot with all that is known of it, and the buttons that change it.

    Args:
        item: the lot.
        view: the list to which the message goes back.
        calendar: tells how long the lot keeps.
        language: of the reply.
        above: a line of HTML above the lot.
        undo: a button that undoes the last change.
    """
    hint = [] if item.lot.amount else [language.gettext("How many are there? Tap a number.")]
    text = "\n\n".join(filter(None, (above, _known(item, calendar, language), *hint)))
    place = place_of(item, calendar.catalogue)
    day = item.lot.best_before
    date_label = (
        language.gettext("📅 Date: {date}").format(date=date_text(day, calendar.today, language))
        if day
        else language.gettext("📅 Set the date")
    )
    return Message(
        text,
        [
            _amount_buttons(item, view, language),
            [Button(date_label, ChooseDay(item.reference, view).data)],
            [_change(item, view, label, Into(to)) for to, label in _moves(place, language)],
            [_change(item, view, language.gettext("🗑 All gone"), All())],
            *([[undo]] if undo else []),
            [Button(language.gettext("◀ To the list"), ShowList(view).data)],
        ],
    )


def day_choice(item: Item, button: ChooseDay, calendar: Calendar, language: Language) -> Message:
    """Ask until when a lot is good, with a button for each day of a fortnight."""
    view, fortnight = button.view, min(button.fortnight, LAST_FORTNIGHT)
    first = calendar.today + timedelta(fortnight * FORTNIGHT)
    days = [first + timedelta(number) for number in range(FORTNIGHT)]
    shown = [
        _change(item, view, _day_label(day, item, calendar.today, language), Until(day))
        for day in days
    ]

    def turn(label: str, to: int) -> Button:
        return Button(label, ChooseDay(item.reference, view, to).data)

    turns: list[Button] = []
    if fortnight > 0:
        turns.append(turn(language.gettext("◀ Earlier"), fortnight - 1))
    if fortnight < LAST_FORTNIGHT:
        turns.append(turn(language.gettext("Later ▶"), fortnight + 1))
    none = [[_change(item, view, language.gettext("No date"), Until(None))]]
    back = Button(language.gettext("◀ Back"), OpenLot(item.reference, view).data)
    question = language.gettext("Until when is it good?")
    return Message(
        f"{_known(item, calendar, language)}\n\n{question}",
        [*in_rows(shown), turns, *(none if item.lot.best_before else []), [back]],
    )


def changed_line(one: ChangedLot, calendar: Calendar, language: Language) -> str:
    """Say what a lot was and what it is, as HTML."""
    return language.gettext("Changed: {names}").format(
        names=change_html(one, calendar.catalogue, calendar.today, language)
    )


def changed_meanwhile_notice(language: Language) -> str:
    """Return the notice that the lot is not as the person saw it, so that nothing changed."""
    return language.gettext("That has changed meanwhile. This is how it is now.")


def _known(item: Item, calendar: Calendar, language: Language) -> str:
    """Return a line for each thing that is known of a lot, as HTML."""
    lot, today = item.lot, calendar.today
    due = calendar.due(item)
    lines = [f"✏️ <b>{item_html(item, language)}</b>"]
    if lot.note:
        lines.append(typed_html(lot.note))
    if lot.amount:
        amount = amount_text(lot.amount, language)
        lines.append(language.gettext("Amount: {amount}").format(amount=amount))
    if due and due.is_estimate:
        until = estimate_text(due.day, language)
        lines.append(language.gettext("Keeps {until}, I guess").format(until=until))
    elif due:
        until = until_text(due.day, today, language)
        lines.append(language.gettext("Good {until}").format(until=until))
    place = place_heading(place_of(item, calendar.catalogue), language)
    lines.append(language.gettext("Place: {place}").format(place=place))
    added = date_text(calendar.day_of(item.added_at), today, language)
    lines.append(language.gettext("Put in: {date}").format(date=added))
    return "\n".join(lines)


def _amount_buttons(item: Item, view: ListView, language: Language) -> Sequence[Button]:
    """Return the buttons for less, more and half; for the first amount where there is none."""
    amount = item.lot.amount
    if amount is None:
        firsts = [Amount(Decimal(number)) for number in FIRST_AMOUNTS]
        return [_change(item, view, amount_text(one, language), First(one)) for one in firsts]
    step = _step(amount)
    written = _step_text(Amount(step, amount.unit), language)
    row = [_change(item, view, f"−{written}", More(-step, amount.unit))]
    if amount.number + step <= MOST:
        row.append(_change(item, view, f"+{written}", More(step, amount.unit)))
    half = language.gettext("½ Half left")
    return [*row, _change(item, view, half, Half(amount.number))]


def _step(amount: Amount) -> Decimal:
    if amount.unit.family in (UnitFamily.MASS, UnitFamily.VOLUME):
        return next((step for step in STEPS if step < amount.number), STEPS[-1])
    return Decimal(1)


def _step_text(step: Amount, language: Language) -> str:
    if step.unit is Unit.PIECE:
        return language.number(int(step.number))
    return amount_text(step, language)


def _moves(place: Place, language: Language) -> Sequence[tuple[Place, str]]:
    """Return the places to which a lot can go from a place, with the labels of the buttons."""
    chill = (
        language.gettext("💧 Thaw")
        if place is Place.FREEZER
        else language.gettext("🧊 To the fridge")
    )
    labels = {
        Place.FREEZER: language.gettext("❄️ Freeze"),
        Place.FRIDGE: chill,
        Place.PANTRY: language.gettext("🗄 To the pantry"),
    }
    return [(to, label) for to, label in labels.items() if to is not place]


def _change(item: Item, view: ListView, label: str, adjustment: Adjustment) -> Button:
    return Button(label, ChangeLot(item.reference, view, item.added_at, adjustment).data)


def _day_label(day: date, item: Item, today: date, language: Language) -> str:
    tick = "✓ " if day == item.lot.best_before else ""
    if day == today:
        return tick + language.gettext("Today")
    if day == today + timedelta(1):
        return tick + language.gettext("Tomorrow")
    if language is Language.KOREAN:
        return f"{tick}{day.month}/{day.day}({format_date(day, 'EEE', locale='ko')})"
    return tick + format_skeleton("MMMEd", day, locale="en_GB")
