"""What people send: seeded sequences of commands, made so that each reply can be traced."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from random import Random
from typing import Final

NOUNS: Final = ("thing", "물건")
MOST_KEPT: Final = 20
"""A list of more things would have several pages."""


class Verb(Enum):
    """What a command does; the value is how it is sent."""

    ADD = "/add"
    REMOVE = "/remove"
    LIST = "/fridge"


@dataclass(frozen=True, slots=True)
class Command:
    """One command. The first name is unique to it among the commands of its verb in the chat."""

    verb: Verb
    names: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """What is sent."""
        return f"{self.verb.value} {', '.join(self.names)}".rstrip()


def make_commands(random: Random, count: int, *, with_lists: bool) -> Sequence[Command]:
    """Make what a chat sends, in order.

    Args:
        random: decides everything.
        count: how many commands.
        with_lists: whether the chat also asks for the list. A list names nothing unique, so its
            reply can be traced only where the bot's messages show what they answer: in groups.
    """
    chat = _Chat(random)
    return [chat.next_command(with_lists=with_lists) for _ in range(count)]


class _Chat:
    """A chat that knows what is in its fridge, to name things that are there or are not."""

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
