from collections import Counter
from collections.abc import Sequence
from decimal import Decimal

import pytest

from tools.chaos.conversations.commands import MOST_KEPT, Command, Kept, Verb, done, make_commands
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
    kept: Kept = {}
    happened: set[tuple[Verb, bool, bool]] = set()
    became_less = False
    for command in commands:
        happened |= {
            (command.verb, name in kept, amount is not None) for name, amount in command.things
        }
        after = done(command, kept)
        became_less |= command.verb is Verb.REMOVE and any(name in after for name in command.names)
        kept = after
        assert len(kept) <= MOST_KEPT + 3
    assert happened == {
        (verb, there, with_amount)
        for verb in (Verb.ADD, Verb.REMOVE)
        for there in (True, False)
        for with_amount in (True, False)
    }
    assert became_less
    assert Verb.LIST in {command.verb for command in commands}


@pytest.mark.parametrize("seed", range(5))
def test_an_amount_is_taken_only_of_a_known_one(seed: int) -> None:
    kept: Kept = {}
    for command in commands_of(seed):
        if command.verb is Verb.REMOVE:
            assert not [
                name for name, amount in command.things if amount and kept.get(name, 1) is None
            ]
        kept = done(command, kept)


def test_adding_and_taking_out_change_amounts() -> None:
    first = done(Command(Verb.ADD, (("zodu", Decimal(5)), ("쿄누", None))), {})
    assert first == {"zodu": 5, "쿄누": None}
    more = done(Command(Verb.ADD, (("zodu", Decimal(2)), ("쿄누", Decimal(3)))), first)
    assert more == {"zodu": 7, "쿄누": 3}
    less = done(Command(Verb.REMOVE, (("zodu", Decimal(6)), ("쿄누", Decimal(3)))), more)
    assert less == {"zodu": 1}


def test_a_chat_that_shows_no_answers_asks_for_no_list() -> None:
    commands = commands_of(1, with_lists=False)
    assert Verb.LIST not in {command.verb for command in commands}


def test_a_seed_gives_the_same_commands_again() -> None:
    assert commands_of(1) == commands_of(1)
    assert commands_of(1) != commands_of(2)
