"""Replies about adding a whole list."""

from collections.abc import Mapping, Sequence
from typing import Final

from bot.conversation.replies import Button, Message, Question
from bot.conversation.requests import Request
from bot.features.common.names import comma_list, sentence_with_names, typed_html
from bot.features.common.refusals import too_long_line
from bot.features.deeds.said import thing_html
from bot.features.files.buttons import DeclineList, PutInList
from bot.locale.language import Language
from bot.telegram.documents import MOST_KILOBYTES, Problem
from bot.understanding.lists import Listed
from fridge.items import MAX_ITEMS

MOST_NAMES: Final = MAX_ITEMS
"""How many names of a list are added at a time."""


def question(language: Language) -> Question:
    """Return the question for a list."""
    return Question(
        language.gettext(
            "Send me a .csv or .txt file, or paste a list. I'll show it to you before I put it in."
        ),
        language.gettext("milk, eggs, tofu"),
    )


def offered(listed: Listed, left_out: int, request: Request, language: Language) -> Message:
    """Say which things of a list would be added, and which not, with buttons to decide."""
    things = listed.things
    count = len(things)
    today = request.now.date()
    in_list = language.ngettext(
        "{count} thing in the list: {names}", "{count} things in the list: {names}", count
    )
    names = comma_list(things, lambda one: thing_html(one, today, language), 1500, language)
    unknown = [thing.name for thing in things if not thing.is_known]
    passed_over = language.ngettext(
        "Left out: {count} price, code or line",
        "Left out: {count} prices, codes or lines",
        left_out,
    )
    lines = [
        in_list.format(names=names, count=language.number(count)),
        sentence_with_names(language.gettext("New to me: {names}"), unknown, 700, language),
        passed_over.format(count=left_out) if left_out else "",
        *_left_out(listed, language),
        "\n" + language.gettext("Shall I put this in?"),
    ]
    return Message(
        "\n".join(line for line in lines if line),
        (
            (
                Button(language.gettext("Put it in"), PutInList(request.key.request).data),
                Button(language.gettext("Cancel"), DeclineList(request.key.request).data),
            ),
        ),
    )


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
