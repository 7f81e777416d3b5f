"""Replies to texts that change nothing, and questions about what a text meant."""

from collections.abc import Sequence
from datetime import date

from bot.conversation.replies import Button
from bot.features.add.buttons import Put
from bot.features.common.names import MAX_QUOTED, comma_list, name_html, typed_html
from bot.features.deeds.buttons import Stay, TakeOut, TakeOutAllBut
from bot.features.deeds.said import Said, as_text, thing_html
from bot.features.deeds.taking_out import ask_to_take_out, by_command
from bot.locale.language import Language
from bot.understanding.meaning import Act, Thing

PUTTING = (Act.PUT, Act.MOVE, Act.DATE)


def no_shopping_list(language: Language) -> Said:
    """Say that there is no shopping list yet."""
    return Said([language.gettext("I have no shopping list yet, so I changed nothing.")])


def not_understood(language: Language, part: str = "") -> Said:
    """Say with an example that a sentence was not understood; of a part of a text, say which."""
    if part:
        sentence = language.gettext("I did not get this: {text}")
        return Said([], questions=[sentence.format(text=typed_html(part[:MAX_QUOTED]))])
    return Said(
        [
            language.gettext(
                "I did not get that, so I changed nothing. "
                "Write to me like this: “10 eggs”, or “finished the milk”."
            )
        ]
    )


def unread(rest: str, language: Language) -> Said:
    """Say where the unread rest of a long text begins."""
    sentence = language.gettext("I read only the beginning. Please send the rest, from {text} on.")
    return Said([sentence.format(text=typed_html(rest[:MAX_QUOTED]))])


def stays(language: Language) -> Said:
    """Say that a sentence changed nothing."""
    return Said([language.gettext("All right, everything stays as it is.")])


def not_there(things: Sequence[Thing], language: Language) -> Said:
    """Say that things are not in the fridge."""
    names = comma_list(things, lambda one: name_html(one.name, language), 900, language)
    return Said([language.gettext("Not in the fridge: {names}").format(names=names)])


def ask(guess: Act, things: Sequence[Thing], today: date, language: Language) -> Said:
    """Ask whether a guess is right, with a button that does it."""
    names = comma_list(things, lambda one: thing_html(one, today, language), 700, language)
    rest = ""
    does: Put | TakeOut
    if guess is Act.MOVE:
        question = language.gettext("Shall I move all of it? {names}")
        does, label = Put(as_text(things)), language.gettext("Move it")
    elif guess in PUTTING:
        question = language.gettext("Shall I put this in? {names}")
        does, label = Put(as_text(things)), language.gettext("Put it in")
    else:
        question = language.gettext("Shall I take this out? {names}")
        does, label = TakeOut(as_text(things)), language.gettext("Take it out")
        rest = by_command(things, language)
    stay = Button(language.gettext("Leave it"), Stay().data)
    lines = [question.format(names=names)]
    if not does.fits:
        return Said([*lines, rest], [[stay]])
    return Said(lines, [[Button(label, does.data), stay]])


def ask_bad(things: Sequence[Thing], language: Language) -> Said:
    """Ask whether to take out what has gone bad."""
    return ask_to_take_out(
        things,
        language.gettext("Shall I take out what has gone bad? {names}"),
        language.gettext("Take it out"),
        language.gettext("Leave it"),
        language,
    )


def ask_all_but(count: int, kept: Sequence[Thing], language: Language) -> Said:
    """Ask whether everything but some things goes; `count` is the number of names that would."""
    names = comma_list(kept, lambda one: name_html(one.name, language), 700, language)
    question = language.ngettext(
        "Shall I take out {count} thing, and leave only {names}?",
        "Shall I take out {count} things, and leave only {names}?",
        count,
    ).format(count=count, names=names)
    out = TakeOutAllBut(as_text([Thing(thing.name) for thing in kept]))
    stay = Button(language.gettext("Leave it"), Stay().data)
    if not out.fits:
        return Said([question], [[stay]])
    return Said([question], [[Button(language.gettext("Take them out"), out.data), stay]])


def which_instead(buttons: Sequence[Button], language: Language) -> Said:
    """Ask which item a correction is about; without buttons, give an example."""
    if not buttons:
        return not_understood(language)
    return Said([language.gettext("Which one shall I change?")], [[one] for one in buttons])
