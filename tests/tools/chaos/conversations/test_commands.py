from collections import Counter
from collections.abc import Sequence

import pytest

from tools.chaos.conversations.commands import MOST_KEPT, Command, Verb, make_commands
from tools.chaos.plan import Plan

COUNT = 500


def commands_of(seed: int, *, with_lists: bool = True) -> Sequence[Command]:
    plan = Plan(seed, updates=COUNT, chats=1, kills=0, restarts=0, patience=1)
    return make_commands(plan.random("test"), COUNT, with_lists=with_lists)


@pytest.mark.parametrize("seed", range(5))
def test_the_first_name_is_unique_among_the_commands_of_a_verb(seed: int) -> None:
    commands = commands_of(seed)
    firsts = Counter((command.verb, command.names[0]) for command in commands if command.names)
    assert set(firsts.values()) == {1}


@pytest.mark.parametrize("seed", range(5))
def test_everything_happens_and_a_fridge_fits_on_one_page(seed: int) -> None:
    commands = commands_of(seed)
    kept: set[str] = set()
    happened: set[tuple[Verb, bool]] = set()
    for command in commands:
        happened |= {(command.verb, name in kept) for name in command.names}
        if command.verb is Verb.ADD:
            kept.update(command.names)
        else:
            kept.difference_update(command.names)
        assert len(kept) <= MOST_KEPT + 3
    assert happened == {
        (verb, there) for verb in (Verb.ADD, Verb.REMOVE) for there in (True, False)
    }
    assert Verb.LIST in {command.verb for command in commands}


def test_a_chat_that_shows_no_answers_asks_for_no_list() -> None:
    commands = commands_of(1, with_lists=False)
    assert Verb.LIST not in {command.verb for command in commands}


def test_a_seed_gives_the_same_commands_again() -> None:
    assert commands_of(1) == commands_of(1)
    assert commands_of(1) != commands_of(2)
