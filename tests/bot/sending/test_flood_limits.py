import asyncio
import heapq
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from datetime import timedelta
from itertools import count, islice

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.sending.flood_limits import FloodLimits
from local_telegram.protocol.errors import TooManyRequestsError
from local_telegram.telegram import LocalTelegram
from tests.conftest import Clock

GROUP = -100
RESOLUTION_SECONDS = 1e-6
TURNS = 50
TINY = 1e-4  # a part of a message


class HandMovedClock:
    """A clock that a test moves, and a sleep that ends when it has been moved far enough."""

    def __init__(self) -> None:
        self.now = 1000.0
        self._order = count()
        self._sleepers: list[tuple[float, int, asyncio.Event]] = []

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        over = asyncio.Event()
        end = self.now + max(seconds, RESOLUTION_SECONDS)
        heapq.heappush(self._sleepers, (end, next(self._order), over))
        await over.wait()

    async def advance(self, seconds: float) -> None:
        """Moves the clock on, and lets everybody go on whose time has come on the way."""
        end = self.now + seconds
        await settle()
        while self._sleepers and self._sleepers[0][0] <= end:
            self.now, _, over = heapq.heappop(self._sleepers)
            over.set()
            await settle()
        self.now = end


async def settle() -> None:
    """Lets all that can go on do so."""
    for _ in range(TURNS):
        await asyncio.sleep(0)


async def cancel_all() -> None:
    tasks = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


class Sender:
    """Sends through the limits, and notes what went when."""

    def __init__(self, *, paced: bool = True) -> None:
        self.clock = HandMovedClock()
        self.limits = FloodLimits(paced=paced, clock=self.clock, sleep=self.clock.sleep)
        self.sent: list[tuple[float, int, int]] = []
        self._tasks: list[asyncio.Task[None]] = []

    def send(self, chat_id: int, number: int = 0) -> asyncio.Task[None]:
        task = asyncio.create_task(self._send(chat_id, number))
        self._tasks.append(task)
        return task

    def numbers(self, chat_id: int) -> list[int]:
        return [number for _, chat, number in self.sent if chat == chat_id]

    def seconds(self, chat_id: int) -> list[float]:
        """When the chat's messages went, from the beginning on."""
        return [round(at - 1000, 1) for at, chat, _ in self.sent if chat == chat_id]

    async def _send(self, chat_id: int, number: int) -> None:
        await self.limits.wait(chat_id)
        self.sent.append((self.clock.now, chat_id, number))


def most_over_limit(times: Sequence[float], burst: int, per_second: float) -> float:
    """By how much any window holds more than a bucket of this size lets through."""
    return max(
        (
            (last - first + 1) - burst - (times[last] - times[first]) * per_second
            for first in range(len(times))
            for last in range(first, len(times))
        ),
        default=0,
    )


# Pace


async def test_a_chat_gets_a_burst_and_then_a_message_a_second() -> None:
    sender = Sender()
    for number in range(6):
        sender.send(1, number)

    await sender.clock.advance(10)

    assert sender.seconds(1) == [0, 0, 0, 1, 2, 3]
    assert sender.numbers(1) == [0, 1, 2, 3, 4, 5]


async def test_a_group_gets_twenty_a_minute_besides() -> None:
    sender = Sender()
    for number in range(40):
        sender.send(GROUP, number)

    await sender.clock.advance(59)
    assert 38 <= len(sender.sent) <= 40  # the burst, and one every three seconds
    assert most_over_limit([at for at, _, _ in sender.sent], 20, 1 / 3) <= 0

    await sender.clock.advance(10)
    assert sender.numbers(GROUP) == list(range(40))


async def test_all_chats_together_get_thirty_a_second() -> None:
    sender = Sender()
    for chat_id in range(1, 91):
        sender.send(chat_id)

    await settle()
    assert len(sender.sent) == 30
    await sender.clock.advance(1.01)
    assert len(sender.sent) == 60
    await sender.clock.advance(1.01)
    assert [chat_id for _, chat_id, _ in sender.sent] == list(range(1, 91))


async def test_a_chat_that_waits_for_itself_delays_no_other() -> None:
    sender = Sender()
    for number in range(1000):
        sender.send(1, number)
    await settle()

    for chat_id in range(2, 29):
        assert sender.limits.take(chat_id), chat_id  # 27 of 30: the slow one has taken three
    assert not sender.limits.take(29)
    await sender.clock.advance(1.01)

    sender.send(29)
    await settle()
    assert sender.seconds(29) == [1.0]
    await cancel_all()


async def test_nothing_to_wait_for_does_not_give_way_to_others() -> None:
    limits = FloodLimits(paced=True)

    with pytest.raises(StopIteration):
        limits.wait(1).send(None)


async def test_it_works_on_the_real_clock() -> None:
    limits = FloodLimits(paced=True)
    loop = asyncio.get_running_loop()
    began = loop.time()

    limits.hold(1, 0.05)
    await limits.wait(1)

    assert 0.049 <= loop.time() - began < 5


# Sending at once


async def test_what_may_not_go_at_once_is_not_counted() -> None:
    sender = Sender()

    assert [sender.limits.take(1) for _ in range(5)] == [True, True, True, False, False]

    await sender.clock.advance(1.01)
    assert [sender.limits.take(1) for _ in range(2)] == [True, False]
    # Of the overall allowance the refused ones have taken nothing either.
    assert sum(sender.limits.take(chat_id) for chat_id in range(2, 100)) == 29


async def test_nobody_goes_before_those_who_wait_for_the_chat() -> None:
    sender = Sender()
    sender.limits.hold(1, 5)
    sender.send(1)
    await settle()
    sender.clock.now += 6  # the one who waits does not know yet

    assert not sender.limits.take(1)
    await sender.clock.advance(0)
    assert sender.numbers(1) == [0]
    assert sender.limits.take(1)


async def test_nobody_goes_before_those_who_wait_for_the_overall_allowance() -> None:
    sender = Sender()
    for chat_id in range(1, 32):
        sender.send(chat_id)
    await settle()
    sender.clock.now += 0.05

    assert not sender.limits.take(99)
    await sender.clock.advance(0)
    assert sender.numbers(31) == [0]


# Holds


@pytest.mark.parametrize("paced", [True, False])
async def test_a_held_chat_waits_and_the_others_do_not(*, paced: bool) -> None:
    sender = Sender(paced=paced)
    sender.limits.hold(1, 30)
    for number in range(2):
        sender.send(1, number)
    sender.send(2)

    await sender.clock.advance(29)
    assert (sender.seconds(1), sender.seconds(2)) == ([], [0])
    assert not sender.limits.take(1)

    await sender.clock.advance(2)
    assert sender.seconds(1) == [30, 30]
    assert sender.limits.take(1)


async def test_a_hold_ends_to_the_moment() -> None:
    sender = Sender()
    assert sender.limits.take(1)
    sender.limits.hold(1, 0.5)
    sender.clock.now += 0.5

    assert sender.limits.take(1)


async def test_it_tells_how_long_a_chat_is_held() -> None:
    sender = Sender()
    sender.limits.hold(1, 30)
    assert sender.limits.seconds_held(1) == 30
    assert sender.limits.seconds_held(2) == 0

    await sender.clock.advance(29)
    assert sender.limits.seconds_held(1) == 1

    await sender.clock.advance(2)
    assert sender.limits.seconds_held(1) == 0


async def test_a_hold_also_holds_those_who_wait_already_and_is_never_cut_short() -> None:
    sender = Sender()
    for number in range(4):
        sender.send(1, number)
    await settle()

    sender.limits.hold(1, 10)
    sender.limits.hold(1, 2)

    await sender.clock.advance(20)
    assert sender.seconds(1) == [0, 0, 0, 10]


async def test_a_hold_does_not_let_the_last_one_go_first() -> None:
    sender = Sender()
    for number in range(4):
        sender.send(1, number)
    await settle()
    sender.limits.hold(1, 5)

    sender.send(1, 4)  # sleeps until then at once, and the one before it in two steps

    await sender.clock.advance(10)
    assert sender.numbers(1) == [0, 1, 2, 3, 4]


async def test_a_chat_held_while_it_waits_for_the_others_lets_them_go_first() -> None:
    sender = Sender()
    for chat_id in range(1, 33):
        sender.send(chat_id)
    await settle()

    sender.limits.hold(31, 5)

    await sender.clock.advance(1)
    assert (sender.seconds(31), len(sender.seconds(32))) == ([], 1)
    await sender.clock.advance(5)
    assert sender.seconds(31) == [5]


async def test_without_pacing_all_goes_at_once() -> None:
    sender = Sender(paced=False)
    for number in range(100):
        sender.send(1, number)
        sender.send(GROUP, number)

    await settle()

    assert len(sender.sent) == 200
    assert len(sender.limits) == 0


# Cancellation


async def test_one_who_stops_waiting_takes_nothing_and_holds_up_nobody() -> None:
    sender = Sender()
    tasks = [sender.send(1, number) for number in range(8)]
    await settle()

    tasks[3].cancel()  # whose turn it is
    tasks[5].cancel()  # who stands in the middle

    await sender.clock.advance(10)
    assert sender.numbers(1) == [0, 1, 2, 4, 6, 7]
    assert sender.seconds(1) == [0, 0, 0, 1, 2, 3]


async def test_one_who_stops_waiting_for_the_overall_allowance_takes_nothing_of_it() -> None:
    sender = Sender()
    tasks = [sender.send(chat_id) for chat_id in range(1, 35)]
    await settle()

    for task in tasks[30:33]:
        task.cancel()

    await sender.clock.advance(0.034)
    assert [chat_id for _, chat_id, _ in sender.sent][30:] == [34]
    await sender.clock.advance(1)
    assert sender.limits.take(99)


# Memory


async def test_chats_whose_allowance_is_full_again_are_forgotten() -> None:
    sender = Sender()
    for chat_id in range(1, 2001):
        sender.send(chat_id if chat_id % 2 else -chat_id)
        await sender.clock.advance(0.04)

    # A message counts for a second, or three in a group: some 25 to 75 chats at this pace.
    assert len(sender.sent) == 2000
    assert len(sender.limits) < 150

    await sender.clock.advance(60)
    for _ in range(200):
        sender.limits.take(1)
    assert len(sender.limits) == 1


async def test_a_message_reviews_few_chats_however_many_there_are() -> None:
    sender = Sender()
    for chat_id in range(1, 1001):
        sender.limits.hold(chat_id, 1)
    sender.clock.now += 60

    sender.limits.take(1)

    assert len(sender.limits) > 900


async def test_a_chat_that_is_held_or_waited_for_is_not_forgotten() -> None:
    sender = Sender()
    sender.limits.hold(1, 1000)
    sender.limits.hold(2, 1000)
    sender.send(2)

    for chat_id in range(10, 500):
        sender.send(chat_id)
        await sender.clock.advance(0.04)

    assert not sender.limits.take(1)
    await sender.clock.advance(1000)
    assert sender.limits.take(1)
    assert sender.seconds(2) == [1000]


# Anything


CHATS = st.sampled_from([1, 2, 3, GROUP, GROUP - 1, *range(10, 40)])
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("send"), CHATS, st.integers(1, 12)),
        st.tuples(st.just("take"), CHATS, st.integers(1, 3)),
        st.tuples(st.just("hold"), CHATS, st.integers(1, 5)),
        st.tuples(st.just("cancel"), CHATS, st.integers(0, 100)),
        st.tuples(st.just("advance"), CHATS, st.integers(0, 4000)),
    ),
    max_size=30,
)


class Story:
    """What happens to a sender, step by step."""

    def __init__(self) -> None:
        self.sender = Sender()
        self.tasks: list[asyncio.Task[None]] = []
        self._numbers = count()

    async def send(self, chat_id: int, amount: int) -> None:
        for number in islice(self._numbers, amount):
            self.tasks.append(self.sender.send(chat_id, number))
        await settle()

    async def take(self, chat_id: int, amount: int) -> None:
        for number in islice(self._numbers, amount):
            if self.sender.limits.take(chat_id):
                self.sender.sent.append((self.sender.clock.now, chat_id, number))

    async def hold(self, chat_id: int, amount: int) -> None:
        self.sender.limits.hold(chat_id, amount)

    async def cancel(self, _chat_id: int, amount: int) -> None:
        for task in self.tasks[amount : amount + 3]:
            task.cancel()

    async def advance(self, _chat_id: int, amount: int) -> None:
        await self.sender.clock.advance(amount / 1000)

    def most_over_limit(self, chat_id: int | None, burst: int, per_second: float) -> float:
        times = [at for at, chat, _ in self.sender.sent if chat_id in {None, chat}]
        return most_over_limit(times, burst, per_second)


@settings(max_examples=60, deadline=None)
@given(STEPS)
def test_the_limits_are_kept_and_everything_goes_in_its_order(
    steps: list[tuple[str, int, int]],
) -> None:
    async def run() -> Story:
        story = Story()
        does: dict[str, Callable[[int, int], Awaitable[None]]] = {
            "send": story.send,
            "take": story.take,
            "hold": story.hold,
            "cancel": story.cancel,
            "advance": story.advance,
        }
        for step, chat_id, amount in steps:
            await does[step](chat_id, amount)
        await story.advance(0, 2_000_000)
        return story

    story = asyncio.run(run())

    assert all(task.done() for task in story.tasks)
    assert story.most_over_limit(None, 30, 30) <= TINY
    for chat_id in {chat_id for _, chat_id, _ in story.sender.sent}:
        assert story.sender.numbers(chat_id) == sorted(story.sender.numbers(chat_id))
        assert story.most_over_limit(chat_id, 3, 1) <= TINY
        if chat_id < 0:
            assert story.most_over_limit(chat_id, 20, 1 / 3) <= TINY


@pytest.mark.parametrize("paced", [True, False])
async def test_telegram_as_it_counts_refuses_nothing_of_what_is_paced(
    clock: Clock, *, paced: bool
) -> None:
    local = LocalTelegram(clock=clock, flood_limits=True)
    for chat_id in range(1, 41):
        local.add_person(chat_id, "Emma", "en")
    local.add_group(GROUP, "Family")
    sender = Sender(paced=paced)
    began = clock.now
    accepted: list[int] = []

    async def send(chat_id: int) -> None:
        await sender.limits.wait(chat_id)
        clock.now = began + timedelta(seconds=sender.clock.now - 1000)
        with suppress(TooManyRequestsError):
            local.limits.count(local.chats.find_for_bot(chat_id))
            accepted.append(chat_id)

    everything = [*range(1, 41), GROUP, GROUP] * 15
    sending = [asyncio.create_task(send(chat_id)) for chat_id in everything]
    await sender.clock.advance(120)

    assert all(task.done() for task in sending)
    assert (sorted(accepted) == sorted(everything)) is paced
