"""What a text means: deeds, and the things that each of them names. Frozen values."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import Final

from bot.understanding.names import Name
from fridge.lots import BARE, Lot, Place


class Act(StrEnum):
    """What is to be done, or was. docs/understanding.md says what each does to a fridge."""

    PUT = "put in"
    TAKE = "take out"
    USE = "ask whether all is gone"
    LEFT = "is left"
    BAD = "has gone bad"
    MOVE = "move"
    DATE = "set the date"
    CORRECT = "one in the place of another"
    ASK = "ask"
    SHOP = "on the shopping list"
    UNSHOP = "off the shopping list"
    SHOPPED = "bought all of the shopping list"
    SHOW_SHOPPING = "show the shopping list"
    UNDO = "undo"
    TALK = "talk"
    NOTHING = "nothing"
    UNSURE = "not sure"


CHANGING: Final = frozenset(
    {Act.PUT, Act.TAKE, Act.LEFT, Act.MOVE, Act.DATE, Act.CORRECT, Act.SHOP, Act.UNSHOP}
)
"""The acts that change a fridge or a list at once. All others only say or ask something."""


class Asked(StrEnum):
    """What a question asks for."""

    IS_THERE = "whether it is there"
    IS_GONE = "whether it is gone"
    AMOUNT = "how much there is"
    DATE = "until when it keeps"
    FIRST = "what to eat first"
    LIST = "what there is"


class Talk(StrEnum):
    """What kind of talk a text is, by the name of its list of words."""

    GREETING = "greetings"
    THANKS = "thanks"
    ANSWER = "answers"


class Because(StrEnum):
    """Why a sentence that names things changes nothing."""

    NEGATION = "it says that it is not so"
    HEARSAY = "somebody else says so, or it is a guess"
    CONDITION = "it would be so only if something else is"
    PLAN = "it says what somebody means to do"
    WISH = "it says what somebody would like"
    QUESTION = "it is a question of another kind"
    STILL_THERE = "it says that it is there"
    ELSEWHERE = "it is about another place"
    TAKEN_BACK = "it takes back what was said"
    WORDS_LEFT = "words are left that are not understood"
    OTHER_PART = "another part of the sentence is not understood"


@dataclass(frozen=True, slots=True)
class Thing:
    """Something that a text names, with what it says of it.

    Attributes:
        name: as typed, with its ingredient.
        is_known: whether the catalogue or the chat has the name. Others are only offered.
        lot: how much, until when, where, and the note.
        share: the part of what there is, such as a half; None if no part is named.
        date_unread: what stands after a date word and is no date.
        several: the known names of which an unknown one consists.
    """

    name: Name
    is_known: bool = True
    lot: Lot = BARE
    share: Fraction | None = None
    date_unread: str = ""
    several: Sequence[Name] = ()


@dataclass(frozen=True, slots=True)
class Deed:
    """One act, with the things that it names.

    Attributes:
        act: what is done.
        things: with what. What is taken out without an amount or a share is taken out whole.
        instead_of: for `CORRECT`, what goes; nothing: what the last message put in.
        fix: for `CORRECT` without a new name, the amount, date or place that holds instead.
        everything: all that the fridge has is meant, but for the `things`. To be asked first.
        is_order: it asks the bot for it, so that an unknown name goes in as typed.
        is_state: it says what there is, not what has come.
        is_bare: names alone.
        is_apart: a question behind what was done, of which it says nothing.
        asked, category, place: what a question or a move is about.
        because, left_over: for `NOTHING` and `UNSURE`, the reason, and the words in its way.
        said: for `UNSURE` without a guess, the sentence.
        talk: for `TALK`, the kind of talk.
        guess: for `UNSURE`, the act that a tap may confirm.
        why: the words that decided.
    """

    act: Act
    things: Sequence[Thing] = ()
    instead_of: Sequence[Thing] = ()
    fix: Thing | None = None
    everything: bool = False
    is_order: bool = False
    is_state: bool = False
    is_bare: bool = False
    is_apart: bool = False
    asked: Asked | None = None
    category: str = ""
    place: Place | None = None
    because: Because | None = None
    left_over: Sequence[str] = ()
    said: str = ""
    talk: Talk | None = None
    guess: Act | None = None
    why: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class LeftOut:
    """How many prices, codes and lines without food were passed over."""

    prices: int = 0
    codes: int = 0
    lines: int = 0

    @property
    def count(self) -> int:
        """All of them."""
        return self.prices + self.codes + self.lines


@dataclass(frozen=True, slots=True)
class Parse:
    """All that a text says.

    Attributes:
        deeds: at least one; `UNSURE` without things if nothing of the text is understood.
        left_out: what was passed over.
        is_receipt: the things are to be confirmed before they go in.
        unread: the rest of a text that is too long to be read.
        others: what a receipt has a price for, by names that are not known.
    """

    deeds: Sequence[Deed]
    left_out: LeftOut = LeftOut()
    is_receipt: bool = False
    unread: str = ""
    others: Sequence[Thing] = ()
