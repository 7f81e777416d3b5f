"""What people send: seeded sequences of commands whose replies can be traced to them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from random import Random
from typing import Final

GRAMS, PIECES = "g", "개"
UNITS: Final = {"zo": GRAMS, "쿄": PIECES}
"""The unit of a thing, by the beginning of its name."""

SYLLABLES: Final = {
    "zo": ("ba", "du", "fe", "gi", "ko", "lu", "mo", "ne", "pi", "ru"),
    "쿄": ("보", "누", "꾸", "뮤", "쿠", "뎌", "벼", "퓨", "죠", "흐"),
}
"""The syllables of which names consist. No language has such words, so they are names only."""

MOST_KEPT: Final = 20
"""The most things in a fridge: a list of more would have several pages."""


class Verb(Enum):
    """Kinds of commands; the value is the command as it is sent."""

    ADD = "/add"
    REMOVE = "/remove"
    LIST = "/fridge"


@dataclass(frozen=True, slots=True)
class Command:
    """One command. No other command of its verb in the chat begins with its first name.

    Each of the things has a name and, or None, an amount, which is in the unit of the name.
    """

    verb: Verb
    things: tuple[tuple[str, Decimal | None], ...] = ()

    @property
    def names(self) -> Sequence[str]:
        """The names of the things."""
        return [name for name, _ in self.things]

    @property
    def text(self) -> str:
        """The text that is sent."""
        things = (f"{name} {_amount(name, amount)}".rstrip() for name, amount in self.things)
        return f"{self.verb.value} {', '.join(things)}".rstrip()


def _amount(name: str, amount: Decimal | None) -> str:
    if amount is None:
        return ""
    return f"{amount}{next(unit for begin, unit in UNITS.items() if name.startswith(begin))}"


Kept = Mapping[str, Decimal | None]
"""What is in a fridge: names, each with its amount, or None if nobody told one."""


def done(command: Command, kept: Kept) -> Kept:
    """What is in the fridge after the command."""
    after = dict(kept)
    for name, amount in command.things:
        before = after.get(name)
        if command.verb is Verb.ADD:
            after[name] = before if amount is None else amount + (before or 0)
        elif amount is None or before is None or amount >= before:
            after.pop(name, None)
        else:
            after[name] = before - amount
    return after


def make_commands(random: Random, count: int, *, with_lists: bool) -> Sequence[Command]:
    """Make the commands of a chat, in order.

    Args:
        random: Decides everything.
        count: How many commands are made.
        with_lists: Whether the chat also asks for the list. A list names nothing unique, so that
            it can be traced only in groups, where the bot's messages reply to a message.
    """
    chat = _Chat(random)
    return [chat.next_command(with_lists=with_lists) for _ in range(count)]


class _Chat:
    """A chat that knows its fridge, to name things that are in it and things that are not."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self._kept: Kept = {}
        self._named = 0

    def next_command(self, *, with_lists: bool) -> Command:
        command = self._command(with_lists=with_lists)
        self._kept = done(command, self._kept)
        return command

    def _command(self, *, with_lists: bool) -> Command:
        if not self._kept:
            return self._add()
        if len(self._kept) > MOST_KEPT:
            return self._remove()
        chance = self._random.random()
        if with_lists and chance < 0.1:  # noqa: PLR2004 (a tenth of a group's commands)
            return Command(Verb.LIST)
        return self._add() if chance < 0.6 else self._remove()  # noqa: PLR2004 (more than taken)

    def _add(self) -> Command:
        new = [self._new_name() for _ in range(self._random.choice((1, 1, 1, 2, 3)))]
        there = self._some_kept(self._one_in(3))
        return Command(Verb.ADD, tuple((name, self._maybe_amount()) for name in (*new, *there)))

    def _remove(self) -> Command:
        """Take things out, and parts of others; the first one is never there any more."""
        absent = [(self._new_name(), self._maybe_amount()) for _ in range(self._one_in(6))]
        if absent and self._one_in(2):
            return Command(Verb.REMOVE, tuple(absent))
        out = self._some_kept(self._random.choice((1, 1, 2)))
        whole = [(name, self._all_of(self._kept[name])) for name in out]
        others = [name for name, amount in self._kept.items() if amount and name not in out]
        parts = self._random.sample(others, min(len(others), self._random.randrange(3)))
        less = [(name, self._amount()) for name in parts]
        return Command(Verb.REMOVE, (*whole, *less, *absent))

    def _some_kept(self, count: int) -> Sequence[str]:
        return self._random.sample(list(self._kept), min(len(self._kept), count))

    def _all_of(self, amount: Decimal | None) -> Decimal | None:
        """No amount, or one that is as much as there is or more."""
        return None if amount is None or self._one_in(2) else amount + self._random.randrange(2)

    def _maybe_amount(self) -> Decimal | None:
        return self._amount() if self._one_in(2) else None

    def _amount(self) -> Decimal:
        return Decimal(self._random.randint(1, 9))

    def _new_name(self) -> str:
        self._named += 1
        begin = self._random.choice(list(SYLLABLES))
        return begin + "".join(SYLLABLES[begin][int(digit)] for digit in str(self._named))

    def _one_in(self, count: int) -> int:
        return int(self._random.randrange(count) == 0)
