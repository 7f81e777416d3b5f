"""Replies about adding a whole list."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final

from bot.conversation.replies import Button, Buttons, LinkButton, Message, Question
from bot.features.common.lots import amount_text
from bot.features.common.names import comma_list, name_label, sentence_with_names, typed_html
from bot.features.common.refusals import too_long_line
from bot.features.common.rows import in_rows
from bot.features.deeds.said import thing_html
from bot.features.files.buttons import DeclineList, LeaveOut, PutInList, ShowPart, TakeIn
from bot.locale.language import Language
from bot.telegram.documents import MOST_KILOBYTES, Problem
from bot.understanding.lists import Listed
from bot.understanding.meaning import Thing
from db.updates.handled_requests import Offer
from fridge.items import MAX_ITEMS

MOST_NAMES: Final = MAX_ITEMS
"""How many names of a list are added at a time."""

MOST_OTHERS: Final = 20
"""How many names that are not known are offered of a receipt."""

SHOWN_AT_ONCE: Final = 24
"""How many things of a list have a button at a time."""


def question(language: Language) -> Question:
    """Return the question for a list."""
    return Question(
        language.gettext(
            "Send me a .csv or .txt file, or paste a list. I'll show it to you before I put it in."
        ),
        language.gettext("milk, eggs, tofu"),
    )


def offered(
    things: Sequence[Thing], offer: Offer, today: date, language: Language, part: int = 0
) -> Message:
    """Say which things of a list would be added, and which not, with buttons to decide.

    Args:
        things: of the list, each with its number in the offer.
        offer: as it is kept.
        today: in the time zone of the chat.
        language: of the reply.
        part: of a long list, which has buttons for `SHOWN_AT_ONCE` things at a time.
    """
    chosen = [thing for n, thing in enumerate(things) if n not in offer.left_out]
    out = [thing for n, thing in enumerate(things) if n in offer.left_out]
    count = len(chosen)
    in_list = language.ngettext(
        "{count} thing in the list: {names}", "{count} things in the list: {names}", count
    )
    names = comma_list(chosen, lambda one: thing_html(one, today, language), 1500, language)
    unknown = list({thing.name.key: thing.name for thing in chosen if not thing.is_known}.values())
    stays_out = language.gettext("Stays out: {names}").format(
        names=comma_list(out, lambda one: thing_html(one, today, language), 500, language)
    )
    lines = [
        in_list.format(names=names, count=language.number(count)) if chosen else "",
        sentence_with_names(language.gettext("New to me: {names}"), unknown, 700, language),
        stays_out if out else "",
        *offer.remarks,
        "\n" + language.gettext("Shall I put this in? Tap what stays out.")
        if len(things) > 1
        else "\n" + language.gettext("Shall I put this in?"),
    ]
    text = "\n".join(line for line in lines if line)
    return Message(text.strip(), _buttons(things, count, offer, language, part))


def remarks(listed: Listed, passed_over: int, language: Language) -> Sequence[str]:
    """Return the lines that say what of a list can't be added, and how much was passed over."""
    counted = language.ngettext(
        "Left out: {count} price, code or line",
        "Left out: {count} prices, codes or lines",
        passed_over,
    )
    line = counted.format(count=language.number(passed_over)) if passed_over else ""
    return [one for one in (line, *_left_out(listed, language)) if one]


def all_left_out_notice(language: Language) -> str:
    """Return the notice that nothing of a list is chosen."""
    return language.gettext("Everything stays out. Tap what goes in.")


def _buttons(
    things: Sequence[Thing], count: int, offer: Offer, language: Language, part: int
) -> Buttons:
    """Return buttons to add the list, and below them one for each thing of a part of it."""
    request = offer.key.request
    rows: list[Sequence[Button | LinkButton]] = []
    cancel = Button(language.gettext("Cancel"), DeclineList(request).data)
    if count:
        rows.append([Button(_put_label(things, count, language), PutInList(request).data), cancel])
    else:
        rows.append([cancel])
    if len(things) > 1:
        begin = part * SHOWN_AT_ONCE
        shown = things[begin : begin + SHOWN_AT_ONCE]
        rows += in_rows(
            [_choice(thing, begin + n, offer, language) for n, thing in enumerate(shown)]
        )
    last = (len(things) - 1) // SHOWN_AT_ONCE
    ways = ((language.gettext("◀ Back"), part - 1), (language.gettext("Next ▶"), part + 1))
    turns = [Button(label, ShowPart(request, to).data) for label, to in ways if 0 <= to <= last]
    return [*rows, turns] if turns else rows


def _put_label(things: Sequence[Thing], count: int, language: Language) -> str:
    if len(things) == 1:
        return language.gettext("Put it in")
    if count == len(things):
        return language.gettext("Put all in")
    return language.ngettext("Put {count} in", "Put {count} in", count).format(
        count=language.number(count)
    )


def _choice(thing: Thing, number: int, offer: Offer, language: Language) -> Button:
    """Return the button that leaves a thing out, or takes it in again."""
    amount = f" {amount_text(thing.lot.amount, language)}" if thing.lot.amount else ""
    label = f"{name_label(thing.name, language)}{amount}"
    if number in offer.left_out:
        return Button(f"☐ {label}", TakeIn(offer.key.request, number).data)
    return Button(f"☑ {label}", LeaveOut(offer.key.request, number).data)


def nothing(listed: Listed, language: Language) -> Message:
    """Say that the list has nothing that can be added."""
    found = language.gettext("I found nothing in that list to put in.")
    return Message("\n".join((found, *_left_out(listed, language))))


def unusable(problem: Problem, language: Language) -> Message:
    """Say why a file can't be used."""
    sentences: Mapping[Problem, str] = {
        Problem.TOO_BIG: language.gettext(
            "That file is too big. I read files of up to {most} KB."
        ).format(most=MOST_KILOBYTES),
        Problem.GONE: language.gettext(
            "Telegram does not have that file any more. Please send it again."
        ),
        Problem.AWAY: language.gettext(
            "I can't get that file just now. Please send it again in a minute."
        ),
        Problem.UNREADABLE: language.gettext(
            "I can't read that file. Send me a .csv or .txt file, please, or the .json of /export."
        ),
    }
    return Message(sentences[problem])


def cancelled(language: Language) -> Message:
    """Say that nothing was added."""
    return Message(language.gettext("Nothing was put in."))


def too_old_text(language: Language) -> str:
    """Return plain text that says that the list is not stored any more."""
    return language.gettext("That list is too old. Please send it again.")


def _left_out(listed: Listed, language: Language) -> Sequence[str]:
    """Return a line for each reason why things of the list are left out."""
    lines = [too_long_line(listed.too_long, language)] if listed.too_long else []
    if listed.one_too_many:
        lines.append(
            language.gettext(
                "I take {most} at a time, so I leave out the rest, from {name} on."
            ).format(most=MOST_NAMES, name=typed_html(listed.one_too_many))
        )
    return lines
