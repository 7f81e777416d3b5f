"""Reads the bot's replies as a person reads them, in either language."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from typing import Final

from local_telegram.protocol.json_values import Json
from tools.chaos.conversations.commands import SYLLABLES, Kept, Verb


class Outcome(Enum):
    """What became of a thing, according to a reply."""

    ADDED = "added"
    ALREADY_THERE = "already there"
    MORE = "more than before"
    TAKEN_OUT = "taken out"
    NOT_THERE = "not there"
    LESS = "less than before"


Amounts = tuple[Decimal, ...]
"""The amounts that a reply tells of a thing: none, the present one, or those before and after."""


@dataclass(frozen=True, slots=True)
class Change:
    """The reply to an addition or a removal: the outcomes, and how many things are then there."""

    outcomes: Mapping[str, tuple[Outcome, Amounts]]
    count: int

    @property
    def verb(self) -> Verb:
        """The verb of the commands with such replies."""
        added = {Outcome.ADDED, Outcome.ALREADY_THERE, Outcome.MORE}
        said = {outcome for outcome, _ in self.outcomes.values()}
        return Verb.ADD if added & said else Verb.REMOVE


@dataclass(frozen=True, slots=True)
class Listing:
    """The reply to a request for the list."""

    kept: Kept


Saying = Change | Listing

OUTCOMES: Final = {
    "Added: ": Outcome.ADDED,
    "넣었어요: ": Outcome.ADDED,
    "Already there: ": Outcome.ALREADY_THERE,
    "이미 있어요: ": Outcome.ALREADY_THERE,
    "Changed: ": Outcome.MORE,
    "바꿨어요: ": Outcome.MORE,
    "Noted: ": Outcome.MORE,
    "적어 두었어요: ": Outcome.MORE,
    "Taken out: ": Outcome.TAKEN_OUT,
    "뺐어요: ": Outcome.TAKEN_OUT,
    "Not in the fridge: ": Outcome.NOT_THERE,
    "냉장고에 없어요: ": Outcome.NOT_THERE,
    "Left: ": Outcome.LESS,
    "남은 양: ": Outcome.LESS,
}
COUNT: Final = re.compile(
    r"(\d+) items? in the fridge now\.|지금 냉장고에 재료가 (\d+)가지 있어요\."
)
EMPTY: Final = {"The fridge is empty now.", "이제 냉장고가 비었어요."}
LISTING: Final = re.compile("🧊 |The fridge is empty[.] |냉장고가 비어 있어요[.] ")
AMOUNT: Final = r"(×?[\d.]+(?:k?g|개)?)"
NAMES: Final = "|".join(
    rf"{begin}(?:{'|'.join(syllables)})+" for begin, syllables in SYLLABLES.items()
)
THING: Final = re.compile(rf"({NAMES})\b(?: \(?{AMOUNT}(?: → {AMOUNT})?)?")


def labels_of(message: Json) -> Sequence[str]:
    """The labels of the buttons of a message, as the Bot API tells of it."""
    rows = message.get("reply_markup", {}).get("inline_keyboard", ())
    return [button["text"] for row in rows for button in row]


def read(text: str, labels: Sequence[str] = ()) -> Saying | None:
    """Read a reply; return None for any other message of the bot.

    Args:
        text: of the message.
        labels: of the buttons: a list names there what it does not name in the text.
    """
    if LISTING.match(text):
        things = _things("\n".join([text, *labels]))
        return Listing({name: amounts[-1] if amounts else None for name, amounts in things.items()})
    *lines, last = text.split("\n")
    count = _count(last)
    outcomes: dict[str, tuple[Outcome, Amounts]] = {}
    for line in lines:
        outcome = next((said for start, said in OUTCOMES.items() if line.startswith(start)), None)
        if outcome is None:
            return None
        for name, amounts in _things(line).items():
            outcomes[name] = outcome, amounts
    return Change(outcomes, count) if outcomes and count is not None else None


def _things(text: str) -> Mapping[str, Amounts]:
    return {
        name: tuple(_number(amount) for amount in amounts if amount)
        for name, *amounts in THING.findall(text)
    }


def _number(amount: str) -> Decimal:
    number = Decimal(amount.strip("×kg개"))
    return 1000 * number if amount.endswith("kg") else number


def _count(line: str) -> int | None:
    if line in EMPTY:
        return 0
    match = COUNT.fullmatch(line)
    return int(match[1] or match[2]) if match else None
