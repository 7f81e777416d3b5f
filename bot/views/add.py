"""What is said about adding."""

from collections.abc import Sequence

from bot.language import Language
from bot.names import Name, Names
from bot.replies import Message, Question
from bot.views.names import listed, of_name
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
        _line(language.gettext("Added: {names}"), those(Outcome.ADDED), 2000, language),
        _line(
            language.gettext("Already there: {names}"),
            those(Outcome.ALREADY_THERE),
            900,
            language,
        ),
        _line(
            language.gettext("The fridge is full ({most} items), so I left out: {names}"),
            those(Outcome.NO_ROOM),
            500,
            language,
        ),
        *refusals(names, language),
        language.ngettext(
            "{count} item in the fridge now.", "{count} items in the fridge now.", result.count
        ).format(count=result.count),
    ]
    return Message("\n".join(line for line in lines if line))


def _line(sentence: str, names: Sequence[Name], budget: int, language: Language) -> str:
    if not names:
        return ""
    shown = listed((of_name(name, language) for name in names), budget, language)
    return sentence.format(names=shown, most=MAX_ITEMS)
