"""What is said about adding."""

from collections.abc import Sequence

from bot.language import Language
from bot.names import Name, Names
from bot.replies import Message, Question
from bot.views.fridge import fullness
from bot.views.names import sentence_with
from bot.views.refusals import refusals
from db.fridges import MAX_ITEMS, Added, Outcome


def question(language: Language) -> Question:
    """Ask what to add."""
    return Question(
        language.gettext("What shall I put in the fridge? Separate several with commas."),
        language.gettext("milk, eggs, tofu"),
    )


def added(names: Names, result: Added, language: Language) -> Message:
    """What became of each name, and how full the fridge is."""

    def those(outcome: Outcome) -> Sequence[Name]:
        return [name for name in names.usable if result.outcomes[name.key] is outcome]

    lines = [
        sentence_with(language.gettext("Added: {names}"), those(Outcome.ADDED), 2000, language),
        sentence_with(
            language.gettext("Already there: {names}"),
            those(Outcome.ALREADY_THERE),
            900,
            language,
        ),
        sentence_with(
            language.gettext("The fridge is full ({most} items), so I left out: {names}"),
            those(Outcome.NO_ROOM),
            500,
            language,
            most=MAX_ITEMS,
        ),
        *refusals(names, language),
        fullness(result.count, language),
    ]
    return Message("\n".join(line for line in lines if line))
