"""Replies about adding."""

from collections.abc import Mapping, Sequence
from typing import Final

from bot.conversation.replies import Button, Buttons, Message, Question
from bot.features.add.buttons import Put, Swap
from bot.features.common.names import (
    comma_list,
    ingredient_html,
    ingredient_label,
    name_label,
    new_item_html,
    plain_name,
    sentence_with_names,
    typed_html,
    typed_label,
)
from bot.features.common.offers import MOST_OFFERS
from bot.features.common.refusals import refusals
from bot.features.fridge.views import count_line
from bot.features.undo.views import undo_button
from bot.locale.language import Language
from bot.understanding.names import Name, Names
from fridge.catalogue.catalogue import Catalogue, Ingredient
from fridge.items import MAX_ITEMS, ItemKey, NewItem
from fridge.outcomes import Added, Outcome
from fridge.request_keys import RequestKey, RequestKind

LONGEST_LABEL: Final = 24
"""How many characters the names on a label have at most; further names are only counted."""

Likely = Mapping[ItemKey, Ingredient]
"""The likely ingredient of each name that the catalogue does not know."""

Meant = Mapping[ItemKey, Sequence[Ingredient]]
"""The ingredients that a name may mean: one, or several with only spaces between them."""


def question(language: Language) -> Question:
    """Return the question for names."""
    return Question(
        language.gettext("What shall I put in the fridge? Separate several with commas."),
        language.gettext("milk, eggs, tofu"),
    )


def added(
    names: Names, result: Added, key: RequestKey, likely: Likely, language: Language
) -> Message:
    """Return the outcome of each name, and the number of items; with buttons to undo or correct."""
    slips = [name for name in _those(names, result, Outcome.ADDED) if name.key in likely]
    corrections = [[_swap_button(name, likely[name.key], language)] for name in slips[:MOST_OFFERS]]
    return Message(
        "\n".join(_outcome_lines(names, result, language)),
        [*_undo_rows(names, result, key, language), *corrections],
    )


def put_in(names: Names, result: Added, key: RequestKey, language: Language) -> Message | None:
    """Return the outcome of the offered names; None if all are in the fridge already."""
    if len(_those(names, result, Outcome.ALREADY_THERE)) == len(names.usable):
        return None
    only = name_label(names.usable[0], language) if len(names.usable) == 1 else ""
    return Message(
        "\n".join(_outcome_lines(names, result, language)),
        _undo_rows(names, result, key, language, only),
    )


def already_in_notice(language: Language) -> str:
    """Return the notice that the offered names are in the fridge already."""
    return language.gettext("That is in already.")


def added_and_offered(
    known: Names,
    result: Added | None,
    unknown: Sequence[Name],
    *,
    key: RequestKey,
    meant: Meant,
    language: Language,
) -> Message:
    """Return the outcome of the names in the catalogue, and an offer of the others.

    Args:
        known: the names in the catalogue, and those that are too long.
        result: of adding the known names; None where there were none.
        unknown: the names that are not in the catalogue.
        key: of the request.
        meant: what the unknown names may mean.
        language: of the reply.
    """
    parts: list[str] = []
    undo: Buttons = ()
    if result is not None:
        parts.append("\n".join(_outcome_lines(known, result, language)))
        undo = _undo_rows(known, result, key, language)
    elif reasons := refusals(known, language):
        parts.append("\n".join(reasons))
    said = Message("\n".join(parts), undo)
    return with_offers(said, unknown, meant, language) if unknown else said


def with_offers(
    message: Message, unknown: Sequence[Name], meant: Meant, language: Language
) -> Message:
    """Return a message with an offer of names below its text and its buttons."""
    text = "\n\n".join(filter(None, (message.text, _offer(unknown, language))))
    rows = [
        row
        for name in _on_buttons(unknown)
        for row in _offer_rows(name, meant.get(name.key, ()), language)
    ]
    return Message(text, [*message.buttons, *rows])


def can_be_offered(name: Name) -> bool:
    """Tell whether a button can carry the name."""
    return Put(name.typed).fits


def can_be_put_in(several: Sequence[Ingredient]) -> bool:
    """Tell whether a button can carry these ingredients."""
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
    """Say which item was replaced by which ingredient, and how many items there are."""
    changed = language.gettext("Changed: {before} → {after}").format(
        before=new_item_html(before, catalogue, language),
        after=ingredient_html(by, language),
    )
    undo = undo_button(key, RequestKind.REPLACE, language, ingredient_label(by, language))
    return Message(f"{changed}\n{count_line(count, language)}", [[undo]])


def _those(names: Names, result: Added, outcome: Outcome) -> Sequence[Name]:
    return [name for name in names.usable if result.outcomes[name.key] is outcome]


def _outcome_lines(names: Names, result: Added, language: Language) -> Sequence[str]:
    lines = [
        sentence_with_names(
            language.gettext("Added: {names}"),
            _those(names, result, Outcome.ADDED),
            2000,
            language,
        ),
        sentence_with_names(
            language.gettext("Already there: {names}"),
            _those(names, result, Outcome.ALREADY_THERE),
            900,
            language,
        ),
        sentence_with_names(
            language.gettext("The fridge is full ({most} items), so I left out: {names}"),
            _those(names, result, Outcome.NO_ROOM),
            500,
            language,
            most=MAX_ITEMS,
        ),
        *refusals(names, language),
        count_line(result.count, language),
    ]
    return [line for line in lines if line]


def _undo_rows(
    names: Names, result: Added, key: RequestKey, language: Language, name: str = ""
) -> Buttons:
    if not _those(names, result, Outcome.ADDED):
        return ()
    return [[undo_button(key, RequestKind.ADD, language, name)]]


def _swap_button(name: Name, meant: Ingredient, language: Language) -> Button:
    label = language.gettext("Did you mean {name}?")
    return Button(
        label.format(name=ingredient_label(meant, language)),
        Swap(name.key.reference, meant.id).data,
    )


def _offer(unknown: Sequence[Name], language: Language) -> str:
    """Ask whether to add the names; name the command for those without a button."""
    question = language.ngettext(
        "New to me: {names}. Put it in?",
        "New to me: {names}. Put them in?",
        len(unknown),
    )
    lines = [sentence_with_names(question, unknown, 700, language)]
    offered = _on_buttons(unknown)
    rest = [name for name in unknown if name not in offered]
    if rest:
        # The command is to be copied, so it has whole names only.
        shown = comma_list(rest, lambda name: typed_html(name.typed), 500, language)
        by_command = language.gettext("To put in the rest, write: {command}")
        lines.append(by_command.format(command=f"<code>/add {shown}</code>"))
    return "\n".join(lines)


def _offer_rows(
    name: Name, meant: Sequence[Ingredient], language: Language
) -> Sequence[Sequence[Button]]:
    """Return a button for the name as it is, and before it one for what the name may mean."""
    label = language.gettext("Add “{name}”").format(name=typed_label(name.typed))
    as_it_is = Button(label, Put(name.typed).data)
    if not meant or not can_be_put_in(meant):
        return [[as_it_is]]
    names = comma_list(meant, lambda one: ingredient_label(one, language), LONGEST_LABEL, language)
    likely = Button(language.gettext("Add {name}").format(name=names), _put_several(meant).data)
    return [[likely, as_it_is]] if len(meant) == 1 else [[likely], [as_it_is]]


def _put_several(meant: Sequence[Ingredient]) -> Put:
    """Return the button's value in the language with the shorter names: the bot reads both."""
    names = (",".join(plain_name(one, language) for one in meant) for language in Language)
    return Put(min(names, key=lambda one: len(one.encode())))


def _on_buttons(unknown: Sequence[Name]) -> Sequence[Name]:
    """Return the first names that buttons can carry."""
    return [name for name in unknown if can_be_offered(name)][:MOST_OFFERS]
