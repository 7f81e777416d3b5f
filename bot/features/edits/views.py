"""Replies to edited messages."""

from collections.abc import Sequence
from datetime import datetime

from bot.conversation.replies import Message
from bot.features.common.days import today_in
from bot.features.deeds.said import joined
from bot.features.deeds.views import PUTTING, ask
from bot.features.fridge.views import count_line
from bot.features.undo.views import undo_button, undone_lines
from bot.locale.language import Language
from bot.understanding.meaning import Act, Deed
from fridge.catalogue.catalogue import Catalogue
from fridge.outcomes import Undone
from fridge.request_keys import RecordKey


def corrected(
    undone: Sequence[Undone],
    reply: Message | None,
    catalogue: Catalogue,
    now: datetime,
    language: Language,
) -> Message:
    """Say what was undone, and then what the message does now."""
    lines = [undone_lines(one, catalogue, now, language) for one in undone]
    if reply is None:
        count = count_line(len(undone[-1].fridge.items), language)
        return Message("\n".join([*lines, count]))
    return Message("\n".join([*lines, reply.text]), reply.buttons)


def stays(reply: Message | None, effects: Sequence[RecordKey], language: Language) -> Message:
    """Say that a message still did what it did, as its new text is not understood."""
    line = language.gettext("What this message did before stays.")
    undo = [undo_button(effect.of, effect.kind, language) for effect in effects[:1]]
    text = f"{reply.text}\n{line}" if reply else line
    return Message(text, [*(reply.buttons if reply else ()), undo])


def changed_since(
    undone: Sequence[Undone],
    deeds: Sequence[Deed],
    catalogue: Catalogue,
    now: datetime,
    language: Language,
) -> Message:
    """Say that what a message did can't be undone any more, and ask what it says now."""
    line = language.gettext(
        "I can't take back what this message did: the fridge has changed since."
    )
    parts = [undone_lines(one, catalogue, now, language) for one in undone]
    text = "\n".join([*parts, line])
    asked = [deed for deed in deeds if deed.things and deed.act in (*PUTTING, Act.TAKE)]
    if not asked:
        return Message(text)
    today = today_in(undone[0].fridge, now, language) if undone else now.date()
    question = joined([ask(deed.act, deed.things, today, language) for deed in asked])
    return Message(f"{text}\n{question.text}", question.buttons)
