import asyncio
import logging

import pytest

from jobs.clock_watch import ClockWatch
from tests.bot.seconds import Seconds
from tests.conftest import Clock
from tests.waiting import wait_until


class CountedSeconds(Seconds):
    """Seconds that count how often they are asked for: twice a look."""

    asked = 0

    def __call__(self) -> float:
        self.asked += 1
        return super().__call__()


@pytest.mark.parametrize(
    ("by_clock", "by_count", "jumps"),
    [(1, 1, 0), (3600, 3600, 0), (2.9, 1, 0), (3, 1, 1), (-0.9, 1, 0), (-1, 1, 1)],
)
async def test_two_seconds_between_the_clock_and_the_count_are_a_jump(
    *,
    clock: Clock,
    caplog: pytest.LogCaptureFixture,
    by_clock: float,
    by_count: float,
    jumps: int,
) -> None:
    caplog.set_level(logging.INFO)
    noticed: list[None] = []
    elapsed = CountedSeconds()
    watch = ClockWatch(clock, elapsed, pause=0.01)
    watching = asyncio.create_task(watch.run(lambda: noticed.append(None)))
    await asyncio.sleep(0)

    clock.advance(seconds=by_clock)
    elapsed.now += by_count

    async def has_looked_twice() -> bool:
        return elapsed.asked >= 4

    await wait_until(has_looked_twice)
    watching.cancel()
    assert len(noticed) == len(caplog.messages) == jumps
