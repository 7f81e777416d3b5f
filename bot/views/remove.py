"""What is said about removing."""

from bot.language import Language
from bot.names import Names
from bot.replies import Message, Question
from bot.views.fridge import fullness
from bot.views.names import sentence_with
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
        sentence_with(language.gettext("Taken out: {names}"), out, 2000, language),
        sentence_with(language.gettext("Not in the fridge: {names}"), absent, 900, language),
        *refusals(names, language),
        fullness(result.count, language),
    ]
    return Message("\n".join(line for line in lines if line))
