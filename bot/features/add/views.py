"""What is said about adding."""

from collections.abc import Mapping, Sequence
from typing import Final

from bot.conversation.replies import Button, Buttons, Message, Question
from bot.features.add.buttons import Put, Swap
from bot.features.common.names import (
    in_language,
    ingredient_on_button,
    listed,
    name_on_button,
    of_new_item,
    on_button,
    plain_name,
    sentence_with,
    typed,
    with_emoji,
)
from bot.features.common.offers import MOST_OFFERS
from bot.features.common.refusals import refusals
from bot.features.fridge.views import fullness
from bot.features.undo.views import undo_button
from bot.locale.language import Language
from bot.understanding.names import Name, Names
from fridge.catalogue.catalogue import Catalogue, Ingredient
from fridge.items import MAX_ITEMS, ItemKey, NewItem
from fridge.outcomes import Added, Outcome
from fridge.request_keys import RequestKey

LONGEST_LABEL: Final = 24
"""Characters of a button with several names: more are only counted."""

Likely = Mapping[ItemKey, Ingredient]
"""What is probably meant by names that the catalogue does not know."""

Meant = Mapping[ItemKey, Sequence[Ingredient]]
"""The same, where a name may also be several things with nothing between them."""


def question(language: Language) -> Question:
    """Ask what to add."""
    return Question(
        language.gettext("What shall I put in the fridge? Separate several with commas."),
        language.gettext("milk, eggs, tofu"),
    )


def added(
    names: Names, result: Added, key: RequestKey, likely: Likely, language: Language
) -> Message:
    """What became of each name, and how full the fridge is; buttons to undo and to correct it."""
    slips = [name for name in _those(names, result, Outcome.ADDED) if name.key in likely]
    corrections = [[_swap_button(name, likely[name.key], language)] for name in slips[:MOST_OFFERS]]
    return Message(
        "\n".join(_outcome_lines(names, result, language)),
        [*_undo_rows(names, result, key, language), *corrections],
    )


def put_in(names: Names, result: Added, key: RequestKey, language: Language) -> Message | None:
    """What became of what was offered, one thing or several; None if all is in already."""
    if len(_those(names, result, Outcome.ALREADY_THERE)) == len(names.usable):
        return None
    only = name_on_button(names.usable[0], language) if len(names.usable) == 1 else ""
    return Message(
        "\n".join(_outcome_lines(names, result, language)),
        _undo_rows(names, result, key, language, only),
    )


def in_already(language: Language) -> str:
    """The notice for an offer of what is in already, as plain text."""
    return language.gettext("That is in already.")


def talked(
    known: Names,
    result: Added | None,
    unknown: Sequence[Name],
    *,
    key: RequestKey,
    meant: Meant,
    language: Language,
) -> Message:
    """What became of the names that are in the catalogue, and an offer to put in the others.

    Args:
        known: those in the catalogue, and those that can't be used.
        result: of adding them; None where there were none.
        unknown: those that are not in the catalogue.
        key: of the request.
        meant: what could be meant by them.
        language: to say it in.
    """
    parts: list[str] = []
    undo: Buttons = ()
    if result is not None:
        parts.append("\n".join(_outcome_lines(known, result, language)))
        undo = _undo_rows(known, result, key, language)
    elif reasons := refusals(known, language):
        parts.append("\n".join(reasons))
    said = Message("\n".join(parts), undo)
    return and_offered(said, unknown, meant, language) if unknown else said


def and_offered(
    message: Message, unknown: Sequence[Name], meant: Meant, language: Language
) -> Message:
    """What else was said, if anything, and an offer to put in these names."""
    text = "\n\n".join(filter(None, (message.text, _offer(unknown, language))))
    rows = [
        row
        for name in _on_buttons(unknown)
        for row in _offer_rows(name, meant.get(name.key, ()), language)
    ]
    return Message(text, [*message.buttons, *rows])


def can_be_offered(name: Name) -> bool:
    """Whether a button can carry the name."""
    return Put(name.typed).fits


def can_be_put_in(several: Sequence[Ingredient]) -> bool:
    """Whether a button can carry these ingredients."""
    return _put_several(several).fits


def swapped(
    before: NewItem,
    by: Ingredient,
    count: int,
    *,
    key: RequestKey,
    catalogue: Catalogue,
    language: Language,
) -> Message:
    """What was put in the place of what, and how full the fridge is."""
    changed = language.gettext("Changed: {before} → {after}").format(
        before=of_new_item(before, catalogue, language),
        after=with_emoji(by.emoji, in_language(by, language)),
    )
    undo = undo_button(key, "replace", language, ingredient_on_button(by, language))
    return Message(f"{changed}\n{fullness(count, language)}", [[undo]])


def _those(names: Names, result: Added, outcome: Outcome) -> Sequence[Name]:
    return [name for name in names.usable if result.outcomes[name.key] is outcome]


def _outcome_lines(names: Names, result: Added, language: Language) -> Sequence[str]:
    lines = [
        sentence_with(
            language.gettext("Added: {names}"),
            _those(names, result, Outcome.ADDED),
            2000,
            language,
        ),
        sentence_with(
            language.gettext("Already there: {names}"),
            _those(names, result, Outcome.ALREADY_THERE),
            900,
            language,
        ),
        sentence_with(
            language.gettext("The fridge is full ({most} items), so I left out: {names}"),
            _those(names, result, Outcome.NO_ROOM),
            500,
            language,
            most=MAX_ITEMS,
        ),
        *refusals(names, language),
        fullness(result.count, language),
    ]
    return [line for line in lines if line]


def _undo_rows(
    names: Names, result: Added, key: RequestKey, language: Language, name: str = ""
) -> Buttons:
    if not _those(names, result, Outcome.ADDED):
        return ()
    return [[undo_button(key, "add", language, name)]]


def _swap_button(name: Name, meant: Ingredient, language: Language) -> Button:
    label = language.gettext("Did you mean {name}?")
    return Button(
        label.format(name=ingredient_on_button(meant, language)),
        Swap(name.key.reference, meant.id).data,
    )


def _offer(unknown: Sequence[Name], language: Language) -> str:
    """Ask whether to put the names in; those without a button can be put in by a command."""
    question = language.ngettext(
        "New to me: {names}. Put it in?",
        "New to me: {names}. Put them in?",
        len(unknown),
    )
    lines = [sentence_with(question, unknown, 700, language)]
    offered = _on_buttons(unknown)
    rest = [name for name in unknown if name not in offered]
    if rest:
        # What is to be copied is whole names only.
        shown = listed(rest, lambda name: typed(name.typed), 500, language)
        by_command = language.gettext("To put in the rest, write: {command}")
        lines.append(by_command.format(command=f"<code>/add {shown}</code>"))
    return "\n".join(lines)


def _offer_rows(
    name: Name, meant: Sequence[Ingredient], language: Language
) -> Sequence[Sequence[Button]]:
    """A button for the name as it is; before it, one for what could be meant."""
    label = language.gettext("Add “{name}”").format(name=on_button(name.typed))
    as_it_is = Button(label, Put(name.typed).data)
    if not meant or not can_be_put_in(meant):
        return [[as_it_is]]
    names = listed(meant, lambda one: ingredient_on_button(one, language), LONGEST_LABEL, language)
    likely = Button(language.gettext("Add {name}").format(name=names), _put_several(meant).data)
    return [[likely, as_it_is]] if len(meant) == 1 else [[likely], [as_it_is]]


def _put_several(meant: Sequence[Ingredient]) -> Put:
    """What puts in these, in the language that takes less: the bot understands either."""
    names = (",".join(plain_name(one, language) for one in meant) for language in Language)
    return Put(min(names, key=lambda one: len(one.encode())))


def _on_buttons(unknown: Sequence[Name]) -> Sequence[Name]:
    """The first of those that a button can carry."""
    return [name for name in unknown if can_be_offered(name)][:MOST_OFFERS]
