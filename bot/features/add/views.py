"""The question of `/add`, and the reply to a tap that corrects a name."""

from bot.conversation.replies import Message, Question
from bot.features.common.names import ingredient_html, ingredient_label, new_item_html
from bot.features.fridge.views import count_line
from bot.features.undo.views import undo_button
from bot.locale.language import Language
from fridge.catalogue.catalogue import Catalogue, Ingredient
from fridge.items import NewItem
from fridge.request_keys import RequestKey, RequestKind


def question(language: Language) -> Question:
    """Return the question for names."""
    return Question(
        language.gettext("What shall I put in the fridge? Separate several with commas."),
        language.gettext("milk, eggs, tofu"),
    )


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
