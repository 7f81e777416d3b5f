"""What is said about removing."""

from bot.language import Language
from bot.names import Names
from bot.replies import Message, Question
from bot.views.names import listed, of_name
from bot.views.refusals import refusals
from db.fridges import Removed


def question(language: Language) -> Question:
    """Ask what to take out."""
    return Question(
        language.gettext("What shall I take out of the fridge? Separate several with commas."),
        language.gettext("milk, eggs"),
    )


def removed(names: Names, result: Removed, language: Language) -> Message:
    """What was taken out, what was not there, and how much is left."""
    out = [name for name in names.usable if not result.keys.isdisjoint(name.keys)]
    absent = [name for name in names.usable if result.keys.isdisjoint(name.keys)]
    lines = [
        language.gettext("Taken out: {names}").format(
            names=listed((of_name(name, language) for name in out), 2000, language)
        )
        if out
        else "",
        language.gettext("Not in the fridge: {names}").format(
            names=listed((of_name(name, language) for name in absent), 900, language)
        )
        if absent
        else "",
        *refusals(names, language),
        language.ngettext(
            "{count} item in the fridge now.", "{count} items in the fridge now.", result.count
        ).format(count=result.count)
        if result.count
        else language.gettext("The fridge is empty now."),
    ]
    return Message("\n".join(line for line in lines if line))
