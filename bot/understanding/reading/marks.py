"""What a text is made of: names, amounts, days, words that decide, and words that are not known."""

from datetime import date
from enum import IntEnum, auto
from fractions import Fraction

from bot.understanding.names import Name
from bot.understanding.words.korean_verbs import Verb
from bot.understanding.words.lexicon import Meanings
from fridge.lots import Amount


class Kind(IntEnum):
    """What a mark is. An integer, since it is looked up for every mark."""

    NAME = auto()
    AMOUNT = auto()
    SHARE = auto()
    DAY = auto()
    DATE_WORD = auto()
    UNREAD_DAY = auto()
    PRICE = auto()
    CODE = auto()
    PHRASE = auto()
    VERB = auto()
    NOTE = auto()
    WORD = auto()
    SENTENCE_WORD = auto()
    COMMA = auto()
    JOIN = auto()
    COLON = auto()
    STOP = auto()
    QUESTION = auto()
    LINE = auto()
    OPEN = auto()
    CLOSE = auto()
    BULLET = auto()
    TIMES = auto()


class Mark:
    """A piece of the text, from `start` to `end`, and what it is.

    `role` is that of the particle on a Korean noun, `phrase` has all that a phrase may be,
    `certain` says that a day can be nothing else, `size_word` is the counter as typed, and
    `homograph` has the beginnings of verbs beside which the name is no food. Attributes that a
    mark lacks are those of the class, because thousands of marks are made, most with few.
    """

    name: Name | None = None
    role: str = ""
    amount: Amount | None = None
    share: Fraction | None = None
    day: date | None = None
    certain: bool = True
    verb: Verb | None = None
    phrase: Meanings | None = None
    is_bare_number: bool = False
    is_korean: bool = False
    size_word: str = ""
    homograph: tuple[str, ...] = ()

    def __init__(self, kind: Kind, start: int, end: int, said: str) -> None:
        self.kind = kind
        self.start = start
        self.end = end
        self.said = said
