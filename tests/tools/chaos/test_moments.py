from collections import Counter

from tools.chaos.moments import Act, make_moments
from tools.chaos.plan import Plan

PLAN = Plan(seed=1, updates=2000, chats=30, kills=10, restarts=3, patience=20)


def test_there_are_as_many_of_each_as_planned_each_at_its_own_time() -> None:
    moments = make_moments(PLAN)
    assert Counter(moment.act for moment in moments) == {
        Act.KILL_BOT: 6,
        Act.KILL_BOT_TWICE: 2,
        Act.KILL_SLOW_BOT: 2,
        Act.RESTART_DATABASE: 3,
    }
    counts = [moment.answered for moment in moments]
    assert counts == sorted(set(counts))
    assert counts[0] > 0
    assert counts[-1] < PLAN.updates


def test_a_seed_gives_the_same_moments_again_and_another_seed_gives_others() -> None:
    assert make_moments(PLAN) == make_moments(PLAN)
    other = Plan(2, PLAN.updates, PLAN.chats, PLAN.kills, PLAN.restarts, PLAN.patience)
    assert make_moments(PLAN) != make_moments(other)
