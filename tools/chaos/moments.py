"""When what is killed. Moments are counted in answers, so that a seed gives the same again."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from itertools import cycle, islice
from typing import Final

from tools.chaos.plan import Plan

# No moment is among the first and the last commands, so that every moment comes.
QUIET_START: Final = 0.01
QUIET_END: Final = 0.97
AT_ONCE_SECONDS: Final = (0.0, 0.05)
WHILE_SLOW_SECONDS: Final = (0.3, 1.5)
WHILE_STARTING_SECONDS: Final = (0.2, 2.0)


class Act(Enum):
    """What is killed or slowed."""

    KILL_BOT = "the bot is killed"
    KILL_BOT_TWICE = "the bot is killed, and once more while it starts"
    KILL_SLOW_BOT = "the bot is killed while Telegram is slow to take its replies"
    RESTART_DATABASE = "PostgreSQL ends at once, and starts again"


KILLS: Final = (Act.KILL_BOT, Act.KILL_BOT, Act.KILL_BOT, Act.KILL_BOT_TWICE, Act.KILL_SLOW_BOT)


@dataclass(frozen=True, slots=True)
class Moment:
    """A number of seconds after a number of commands is answered.

    A bot that is killed twice is killed again `again_after` seconds later.
    """

    act: Act
    answered: int
    delay: float
    again_after: float


def make_moments(plan: Plan) -> Sequence[Moment]:
    """Make random moments, in order, with kills of all kinds."""
    random = plan.random("moments")
    first, last = int(plan.updates * QUIET_START), int(plan.updates * QUIET_END)
    counts = sorted(random.sample(range(first, last), plan.kills + plan.restarts))
    acts = list(islice(cycle(KILLS), plan.kills)) + [Act.RESTART_DATABASE] * plan.restarts
    random.shuffle(acts)
    return [
        Moment(
            act,
            count,
            random.uniform(*(WHILE_SLOW_SECONDS if act is Act.KILL_SLOW_BOT else AT_ONCE_SECONDS)),
            random.uniform(*WHILE_STARTING_SECONDS),
        )
        for count, act in zip(counts, acts, strict=True)
    ]
