"""What people send: seeded sequences of commands whose replies can be traced to them."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from random import Random
from typing import Final

NOUNS: Final = ("thing", "물건")
MOST_KEPT: Final = 20
"""The most things in a fridge: a list of more would have several pages."""


class Verb(Enum):
    """Kinds of commands; the value is the command as it is sent."""

    ADD = "/add"
    REMOVE = "/remove"
    LIST = "/fridge"


@dataclass(frozen=True, slots=True)
class Command:
    """One command. No other command of its verb in the chat begins with its first name."""

    verb: Verb
    names: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The text that is sent."""
        return f"{self.verb.value} {', '.join(self.names)}".rstrip()


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
        self._kept: list[str] = []
        self._named = 0

    def next_command(self, *, with_lists: bool) -> Command:
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
        there = self._random.sample(self._kept, min(len(self._kept), self._one_in(6)))
        self._kept += new
        return Command(Verb.ADD, (*new, *there))

    def _remove(self) -> Command:
        count = min(len(self._kept), self._random.choice((1, 1, 2)))
        absent = [self._new_name() for _ in range(self._one_in(6))]
        if absent and self._one_in(2):
            return Command(Verb.REMOVE, tuple(absent))
        out = self._random.sample(self._kept, count)
        for name in out:
            self._kept.remove(name)
        return Command(Verb.REMOVE, (*out, *absent))

    def _new_name(self) -> str:
        self._named += 1
        return f"{self._random.choice(NOUNS)} {self._named}"

    def _one_in(self, count: int) -> int:
        return int(self._random.randrange(count) == 0)
