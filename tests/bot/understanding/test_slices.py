"""Long work beside short work."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace

import pytest

from bot.features.services import Services
from bot.understanding.names import reading_names
from bot.understanding.slices import Slices, Steps


def work(name: str, steps: int, done: list[str]) -> Steps[str]:
    for _ in range(steps):
        done.append(name)
        yield
    return name


async def test_long_work_is_done_one_after_the_other_and_short_work_beside_it() -> None:
    slices = Slices(seconds=0)  # a step is a slice
    done: list[str] = []

    async with asyncio.TaskGroup() as group:
        tasks = [
            group.create_task(slices.finish(work(name, steps, done)))
            for name, steps in (("a", 4), ("b", 4), ("short", 1))
        ]

    assert [task.result() for task in tasks] == ["a", "b", "short"]
    # Each has its first slice at once; who needs more waits for the turn.
    assert done[:3] == ["a", "b", "short"]
    assert done[3:] == ["a", "a", "a", "b", "b", "b"]


async def test_work_ends_with_the_one_who_asked_for_it_and_the_next_goes_on() -> None:
    slices = Slices(seconds=0)
    done: list[str] = []
    endless = asyncio.create_task(slices.finish(work("endless", 1_000_000_000, done)))
    next_one = asyncio.create_task(slices.finish(work("next", 3, done)))
    await asyncio.sleep(0)

    endless.cancel()

    assert await next_one == "next"
    assert done.count("endless") < 10
    assert endless.cancelled()


async def test_what_work_raises_is_raised_and_the_next_goes_on() -> None:
    slices = Slices(seconds=0)

    def broken() -> Steps[str]:
        yield
        yield
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await slices.finish(broken())
    assert await slices.finish(work("next", 3, [])) == "next"


async def test_who_writes_beside_2048_names_has_a_turn_after_each_of_them(
    services: Services,
) -> None:
    names = [chr(0xAC00 + number) for number in range(2048)]
    turns = 0

    async def others() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    sliced = replace(services, slices=Slices(seconds=0))
    writing = asyncio.create_task(others())
    found = await sliced.names(",".join(names), most=500)
    writing.cancel()

    assert len(found.usable) == 500
    assert turns > 500


async def test_of_a_list_no_more_is_read_than_can_be_used(services: Services) -> None:
    read = 0

    def lines() -> Iterator[str]:
        nonlocal read
        for read in range(1, 20_001):
            yield f"thing {read}"

    names = await services.slices.finish(reading_names(lines(), services.catalogue, 500))

    assert len(names.usable) == 500
    assert read == 501
