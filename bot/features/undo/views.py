"""Replies about undoing a change, and the buttons that undo it."""

from dataclasses import replace
from datetime import datetime

from bot.conversation.replies import Button, Message
from bot.features.common.days import today_in
from bot.features.common.lots import LONGEST_LIST, change_html, new_lot_list
from bot.features.common.names import comma_list, new_item_label
from bot.features.fridge.buttons import ListView
from bot.features.fridge.views import count_line
from bot.features.undo.buttons import Undo, UndoInList
from bot.locale.language import Language
from fridge.catalogue.catalogue import Catalogue
from fridge.items import ItemReference, NewItem
from fridge.outcomes import Undone
from fridge.request_keys import RequestKey, RequestKind


def undo_button(key: RequestKey, what: RequestKind, language: Language, name: str = "") -> Button:
    """Return the button that undoes the change of a request.

    Args:
        key: of the request.
        what: the kind of the change.
        language: of the label.
        name: in the label, for a message that may get several such buttons.
    """
    return Button(_label(name, language), Undo(key.request, what).data)


def back_button(
    key: RequestKey, item: NewItem, view: ListView, catalogue: Catalogue, language: Language
) -> Button:
    """Return the button that puts an item back into the list from which a tap took it."""
    name = new_item_label(item, catalogue, language)
    return Button(_label(name, language), UndoInList(key.request, view).data)


def lot_back_button(
    key: RequestKey, view: ListView, reference: ItemReference, language: Language
) -> Button:
    """Return the button that undoes a change of an opened lot, and shows the lot again."""
    undo = UndoInList(key.request, view, RequestKind.ADJUST, reference)
    return Button(_label("", language), (undo if undo.fits else replace(undo, reference=None)).data)


def earlier_undo_button(button: Button, language: Language) -> Button:
    """Return the Undo of an earlier change: without a name, its label says that it is earlier."""
    if button.text not in {_label("", spoken) for spoken in Language}:
        return button
    return Button(language.gettext("↩ Undo the earlier change"), button.data)


def undone(result: Undone, catalogue: Catalogue, now: datetime, language: Language) -> Message:
    """Say which items an undo moved or changed, and how many items there are."""
    happened = undone_lines(result, catalogue, now, language)
    return Message(f"{happened}\n{count_line(len(result.fridge.items), language)}")


def undone_lines(result: Undone, catalogue: Catalogue, now: datetime, language: Language) -> str:
    """Say which items were taken out again, which were put back, and which are as before."""
    today = today_in(result.fridge, now, language)
    lines: list[str] = []
    if result.taken_out:
        out = language.gettext("Undone. Out again: {names}")
        lines.append(out.format(names=new_lot_list(result.taken_out, catalogue, today, language)))
    if result.put_back:
        back = language.gettext("Undone. Back in: {names}")
        lines.append(back.format(names=new_lot_list(result.put_back, catalogue, today, language)))
    if result.changed:
        again = language.gettext("Undone. As before: {names}")
        shown = comma_list(
            result.changed,
            lambda one: change_html(one, catalogue, today, language),
            LONGEST_LIST,
            language,
        )
        lines.append(again.format(names=shown))
    return "\n".join(lines)


def declined_notice(result: Undone, language: Language) -> str:
    """Return the notice that says why nothing was undone."""
    if result.already:
        return already_undone_notice(language)
    if result.fridge.expires_at is None:
        return language.gettext("I can't undo that any more: I have forgotten that list.")
    if result.forgotten:
        return language.gettext("I don't remember that change any more, so I can't undo it.")
    return language.gettext("I can't undo that any more: the fridge has changed since.")


def already_undone_notice(language: Language) -> str:
    """Return the notice that the change was undone before."""
    return language.gettext("That is undone already.")


def _label(name: str, language: Language) -> str:
    if not name:
        return language.gettext("↩ Undo")
    return language.gettext("↩ Undo: {name}").format(name=name)
