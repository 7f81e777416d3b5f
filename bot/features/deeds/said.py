"""The parts of an answer to a text that says several things."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from bot.conversation.replies import Buttons, Message
from bot.features.common.lots import lot_html
from bot.features.common.names import item_html, name_html, shown_length
from bot.locale.language import Language
from bot.understanding.meaning import Thing
from bot.understanding.names import Name
from bot.understanding.written import written
from fridge.items import Item
from fridge.lots import BARE, Lot

LONGEST: Final = 4000
"""How many UTF-16 code units an answer has at most, so that Telegram takes it."""

MOST_ROWS: Final = 30
"""How many rows of buttons an answer has at most."""


@dataclass(frozen=True, slots=True)
class Said:
    """What the bot says about one act.

    Attributes:
        lines: what was done, or the answer.
        rows: of buttons.
        ending: how many lots there are afterwards; empty if the act changed nothing.
        questions: what the bot asks beside that.
    """

    lines: Sequence[str]
    rows: Buttons = ()
    ending: str = ""
    questions: Sequence[str] = ()


def joined(parts: Sequence[Said]) -> Message:
    """Return the answer to all acts of a text: what was done, how many things there are, questions.

    Each act may ask something; the last ending holds.
    """
    endings = [part.ending for part in parts if part.ending][-1:]
    questions = [line for part in parts for line in part.questions if line]
    lines: list[str] = []
    left = LONGEST - sum(shown_length(line) + 1 for line in (*endings, *questions))
    for line in (line for part in parts for line in part.lines if line):
        left -= shown_length(line) + 1
        if left < 0:
            lines.append("…")
            break
        lines.append(line)
    rows = [row for part in parts for row in part.rows]
    blocks = ("\n".join([*lines, *endings]), "\n".join(questions))
    return Message("\n\n".join(filter(None, blocks)), rows[:MOST_ROWS])


def thing_html(thing: Thing, today: date, language: Language) -> str:
    """Return the name of a thing with all that was said of it, as HTML."""
    return lot_html(name_html(thing.name, language), thing.lot, today, language)


def lot_of_item_html(item: Item, today: date, language: Language) -> str:
    """Return the name of an item with all that is known of it, as HTML."""
    return lot_html(item_html(item, language), item.lot, today, language)


def as_text(things: Sequence[Thing]) -> str:
    """Return things as a text for a button, by the shorter of their names.

    Things with places or dates stand on lines of their own, because a place or a date at the end
    of a line may hold for all things of the line.
    """
    spread = any(thing.lot.place or thing.lot.best_before for thing in things)
    return ("\n" if spread else ", ").join(_as_text(thing.name, thing.lot) for thing in things)


def _as_text(name: Name, lot: Lot = BARE) -> str:
    ingredient = name.ingredient
    if ingredient is None:
        return written(name, lot)
    shorter = min((ingredient.ko, ingredient.en), key=lambda one: len(one.encode()))
    return written(name, lot, shorter)
