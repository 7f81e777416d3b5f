"""Replies about removing."""

from collections.abc import Sequence

from bot.conversation.replies import Button, Message, Question
from bot.features.common.names import item_label, new_item_html, new_item_label, sentence_with_names
from bot.features.common.refusals import refusals
from bot.features.fridge.views import count_line, empty_text, taken_out_line
from bot.features.remove.buttons import TakeLikely
from bot.features.undo.views import undo_button
from bot.locale.language import Language
from bot.understanding.names import Name, Names
from fridge.catalogue.catalogue import Catalogue
from fridge.items import Item, NewItem
from fridge.outcomes import Removed
from fridge.request_keys import RequestKey, RequestKind


def question(language: Language) -> Question:
    """Return the question for names."""
    return Question(
        language.gettext("What shall I take out of the fridge? Separate several with commas."),
        language.gettext("milk, eggs"),
    )


def absent(names: Names, result: Removed) -> Sequence[Name]:
    """Return the names that were not in the fridge."""
    return [name for name in names.usable if result.keys.isdisjoint(name.keys)]


def removed(
    names: Names, result: Removed, key: RequestKey, likely: Sequence[Item], language: Language
) -> Message:
    """Say which items were taken out, which were not there, and how many are left.

    Buttons undo the removal, and take out likely items.
    """
    out = [name for name in names.usable if not result.keys.isdisjoint(name.keys)]
    lines = [
        sentence_with_names(language.gettext("Taken out: {names}"), out, 2000, language),
        sentence_with_names(
            language.gettext("Not in the fridge: {names}"), absent(names, result), 900, language
        ),
        *refusals(names, language),
        count_line(result.count, language) if out or result.count else empty_text(language),
    ]
    undo = [[undo_button(key, RequestKind.REMOVE, language)]] if out else []
    return Message(
        "\n".join(line for line in lines if line),
        [*undo, *([_out_button(item, language)] for item in likely)],
    )


def taken(
    item: NewItem, count: int, key: RequestKey, catalogue: Catalogue, language: Language
) -> Message:
    """Say which item a button took out, and how many are left."""
    out = taken_out_line(new_item_html(item, catalogue, language), language)
    undo = undo_button(key, RequestKind.TAKE, language, new_item_label(item, catalogue, language))
    return Message(f"{out}\n{count_line(count, language)}", [[undo]])


def _out_button(item: Item, language: Language) -> Button:
    label = language.gettext("Take out {name}").format(name=item_label(item, language))
    return Button(label, TakeLikely(item.reference).data)
