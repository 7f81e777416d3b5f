"""Reads the bot's replies as a person reads them, in either language."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Final

from local_telegram.protocol.json_values import Json
from tools.chaos.conversations.commands import NOUNS, Verb


class Outcome(Enum):
    """What became of a thing, according to a reply."""

    ADDED = "added"
    ALREADY_THERE = "already there"
    TAKEN_OUT = "taken out"
    NOT_THERE = "not there"


@dataclass(frozen=True, slots=True)
class Change:
    """The reply to an addition or a removal: the outcomes, and how many things are then there."""

    outcomes: Mapping[str, Outcome]
    count: int

    @property
    def verb(self) -> Verb:
        """The verb of the commands with such replies."""
        added = {Outcome.ADDED, Outcome.ALREADY_THERE}
        return Verb.ADD if added.intersection(self.outcomes.values()) else Verb.REMOVE


@dataclass(frozen=True, slots=True)
class Listing:
    """The reply to a request for the list."""

    names: frozenset[str]


Saying = Change | Listing

OUTCOMES: Final = {
    "Added: ": Outcome.ADDED,
    "넣었어요: ": Outcome.ADDED,
    "Already there: ": Outcome.ALREADY_THERE,
    "이미 있어요: ": Outcome.ALREADY_THERE,
    "Taken out: ": Outcome.TAKEN_OUT,
    "뺐어요: ": Outcome.TAKEN_OUT,
    "Not in the fridge: ": Outcome.NOT_THERE,
    "냉장고에 없어요: ": Outcome.NOT_THERE,
}
COUNT: Final = re.compile(
    r"(\d+) items? in the fridge now\.|지금 냉장고에 재료가 (\d+)가지 있어요\."
)
EMPTY: Final = {"The fridge is empty now.", "이제 냉장고가 비었어요."}
LISTING: Final = re.compile("🧊 |The fridge is empty[.] |냉장고가 비어 있어요[.] ")
NAME: Final = re.compile(rf"(?:{'|'.join(NOUNS)}) \d+")


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
        return Listing(frozenset(NAME.findall("\n".join([text, *labels]))))
    *lines, last = text.split("\n")
    count = _count(last)
    outcomes: dict[str, Outcome] = {}
    for line in lines:
        outcome = next((said for start, said in OUTCOMES.items() if line.startswith(start)), None)
        if outcome is None:
            return None
        outcomes.update(dict.fromkeys(NAME.findall(line), outcome))
    return Change(outcomes, count) if outcomes and count is not None else None


def _count(line: str) -> int | None:
    if line in EMPTY:
        return 0
    match = COUNT.fullmatch(line)
    return int(match[1] or match[2]) if match else None
