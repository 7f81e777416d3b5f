"""Long work beside short work."""

import asyncio
from collections.abc import Iterator
from datetime import date
from functools import partial
from typing import Final

import pytest

from bot.features.services import Services
from bot.understanding.lists import reading_things
from bot.understanding.parse import parse
from bot.understanding.slices import Slices, Steps

TODAY: Final = date(2026, 12, 1)


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
    read = partial(parse, knowledge=services.knowledge, today=TODAY)
    turns = 0

    async def others() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    writing = asyncio.create_task(others())
    steps = reading_things(names, read, services.catalogue, 500)
    found = await Slices(seconds=0).finish(steps)
    writing.cancel()

    assert len(found.things) == 500
    assert turns > 500


async def test_of_a_list_no_more_is_read_than_can_be_used(services: Services) -> None:
    number = 0

    def lines() -> Iterator[str]:
        nonlocal number
        for number in range(1, 11_001):
            yield chr(0xAC00 + number)

    read = partial(parse, knowledge=services.knowledge, today=TODAY)
    found = await services.slices.finish(reading_things(lines(), read, services.catalogue, 500))

    assert len(found.things) == 500
    assert number < 700
