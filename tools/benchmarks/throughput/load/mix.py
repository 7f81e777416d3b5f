"""The mix of commands that people send: the same sequence for every contender."""

import html
import json
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from enum import Enum
from random import Random
from typing import Final

from fridge.catalogue.catalogue import Catalogue, Ingredient
from fridge.lots import BARE, Amount, Lot, Unit

CHATS: Final = 100_000
FIRST_CHAT: Final = 1_000_000_000
ITEMS: Final = 5
"""The number of things in each fridge before the first update."""

DATE: Final = 1_790_000_000
"""The date of all messages, as a Unix time."""

UPDATES_APART: Final = 1_000
"""The number of other updates between two updates of a chat.

So a chat has one unanswered update at most: the answers of a bot that handles updates concurrently
could not be told apart otherwise.
"""

NAMES_AT_ONCE: Final = (1, 1, 2, 2, 3)
WITH_AMOUNTS: Final = 0.5
WITH_A_DATE: Final = 0.1
"""The shares of additions that tell the amount of each thing, and the date of the first one."""

WITH_LOTS: Final = 1 - (1 - WITH_AMOUNTS) * (1 - WITH_A_DATE)
"""The share of additions that tell an amount or a date."""

DAYS: Final = 60
"""A date is at most so many days after that of the messages."""

IN_THE_OTHER_LANGUAGE: Final = 0.1
"""The share of names that are not in their sender's language."""


class Command(Enum):
    """The commands, and the percentage of each."""

    ADD = 60
    FRIDGE = 25
    REMOVE = 15


@dataclass(frozen=True, slots=True)
class Sent:
    """A command that a person sends in a private chat."""

    chat_id: int
    message_id: int
    command: Command
    ingredients: Sequence[Ingredient]
    lots: Sequence[Lot]
    text: str
    is_korean: bool

    def update(self, update_id: int) -> bytes:
        """Return the update that Telegram makes of the command, as JSON."""
        person = {
            "id": self.chat_id,
            "first_name": "민지" if self.is_korean else "Emma",
        }
        return json.dumps(
            {
                "update_id": update_id,
                "message": {
                    "message_id": self.message_id,
                    "from": {
                        **person,
                        "is_bot": False,
                        "language_code": "ko" if self.is_korean else "en",
                    },
                    "chat": {**person, "type": "private"},
                    "date": DATE,
                    "text": self.text,
                    "entities": [
                        {
                            "offset": 0,
                            "length": len(self.text.partition(" ")[0]),
                            "type": "bot_command",
                        }
                    ],
                },
            }
        ).encode()


class Mix:
    """Commands as people send them, from chats drawn at random.

    All names are in the catalogue. The contents of a fridge at the beginning follow from its chat's
    number.

    Args:
        catalogue: The ingredients.
        seed: Decides all draws; messages of different seeds have different numbers.
    """

    def __init__(self, catalogue: Catalogue, seed: int) -> None:
        self._ingredients = catalogue.ingredients
        self.seed = seed

    def held(self, chat_id: int) -> Sequence[Ingredient]:
        """The contents of a chat's fridge at the beginning."""
        return [
            self._ingredients[place] for place in places(chat_id, ITEMS, len(self._ingredients))
        ]

    def sent(self) -> Iterator[Sent]:
        """Yield commands without end."""
        random = Random(self.seed)  # noqa: S311 (nothing to be kept secret)
        commands, weights = list(Command), [command.value for command in Command]
        message_id = self.seed * 1_000_000
        recent: deque[int] = deque(maxlen=UPDATES_APART)
        while True:
            message_id += 1
            [command] = random.choices(commands, weights)
            chat_id = FIRST_CHAT + random.randrange(CHATS)
            if chat_id in recent:
                continue
            recent.append(chat_id)
            is_korean = chat_id % 2 == 0
            ingredients = self._meant(command, chat_id, random)
            lots = _lots(command, ingredients, is_korean, random)
            things = ", ".join(
                f"{_typed(ingredient, is_korean, random)}{_told(lot, is_korean)}"
                for ingredient, lot in zip(ingredients, lots, strict=True)
            )
            text = f"/{command.name.lower()} {things}".rstrip()
            yield Sent(chat_id, message_id, command, ingredients, lots, text, is_korean)

    def _meant(self, command: Command, chat_id: int, random: Random) -> Sequence[Ingredient]:
        count = random.choice(NAMES_AT_ONCE)
        match command:
            case Command.ADD:
                return random.sample(self._ingredients, count)
            case Command.REMOVE:
                # The last thing stays, so that a list is not empty.
                return random.sample(self.held(chat_id)[:-1], count)
            case Command.FRIDGE:
                return ()

    def is_answer(self, sent: Sent, text: str) -> bool:
        """Whether a text can be the answer: it has all names of the command.

        A list has the names of the things that are never taken out.
        """
        said = html.unescape(text).casefold()
        if sent.command is Command.FRIDGE:
            return _is_named(self.held(sent.chat_id)[-1], said)
        return all(_is_named(ingredient, said) for ingredient in sent.ingredients)


def places(chat_id: int, count: int, of: int) -> Sequence[int]:
    """The places in the catalogue of a fridge's things; see `FILL_ITEMS` in `databases`."""
    return [(chat_id * 7 + number * 131) % of for number in range(count)]


def _lots(
    command: Command,
    ingredients: Sequence[Ingredient],
    is_korean: bool,  # noqa: FBT001
    random: Random,
) -> Sequence[Lot]:
    if command is not Command.ADD:
        return [BARE for _ in ingredients]
    with_amounts, with_date = random.random() < WITH_AMOUNTS, random.random() < WITH_A_DATE
    lots: list[Lot] = []
    for number, ingredient in enumerate(ingredients):
        # A name of one syllable may also be a word that is no name.
        can_have = len(ingredient.ko) > 1
        amount = _amount(is_korean, random) if with_amounts and can_have else None
        has_date = with_date and number == 0 and can_have
        day = datetime.fromtimestamp(DATE, UTC) + timedelta(days=random.randint(1, DAYS))
        lots.append(Lot(amount, day.date() if has_date else None))
    return lots


def _amount(is_korean: bool, random: Random) -> Amount:  # noqa: FBT001
    if is_korean:
        return Amount(Decimal(random.randint(1, 12)))
    return Amount(Decimal(50 * random.randint(1, 19)), Unit.GRAM)


def _told(lot: Lot, is_korean: bool) -> str:  # noqa: FBT001
    """What stands behind a name; `tools.chaos.peers.said` reads it."""
    amount = f" {lot.amount.number}{'개' if is_korean else 'g'}" if lot.amount else ""
    if lot.best_before is None:
        return amount
    return f"{amount} {lot.best_before}까지" if is_korean else f"{amount} until {lot.best_before}"


def _typed(ingredient: Ingredient, is_korean: bool, random: Random) -> str:  # noqa: FBT001
    in_other = random.random() < IN_THE_OTHER_LANGUAGE
    return ingredient.en if is_korean == in_other else ingredient.ko


def _is_named(ingredient: Ingredient, said: str) -> bool:
    return ingredient.ko.casefold() in said or ingredient.en.casefold() in said
