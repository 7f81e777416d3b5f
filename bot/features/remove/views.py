"""The question of `/remove`, and the reply to a tap that takes a likely item out."""

from bot.conversation.replies import Message, Question
from bot.features.common.names import new_item_html, new_item_label
from bot.features.fridge.views import count_line, taken_out_line
from bot.features.undo.views import undo_button
from bot.locale.language import Language
from fridge.catalogue.catalogue import Catalogue
from fridge.items import NewItem
from fridge.request_keys import RequestKey, RequestKind


def question(language: Language) -> Question:
    """Return the question for names."""
    return Question(
        language.gettext("What shall I take out of the fridge? Separate several with commas."),
        language.gettext("milk, eggs"),
    )


def taken(
    item: NewItem, count: int, key: RequestKey, catalogue: Catalogue, language: Language
) -> Message:
    """Say which item a button took out, and how many are left."""
    out = taken_out_line(new_item_html(item, catalogue, language), language)
    undo = undo_button(key, RequestKind.TAKE, language, new_item_label(item, catalogue, language))
    return Message(f"{out}\n{count_line(count, language)}", [[undo]])
