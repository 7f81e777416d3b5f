import asyncio
import os
import signal
from collections.abc import Iterator

import pytest

from startup.errors import AwayError
from startup.process.signals import STOPS, run_until, stop_on_signals


@pytest.fixture(autouse=True)
def signals_as_before() -> Iterator[None]:
    handlers = {number: signal.getsignal(number) for number in STOPS}
    signal.signal(signal.SIGHUP, signal.SIG_DFL)  # the tests may have been started by `nohup`
    yield
    for number, handler in handlers.items():
        signal.signal(number, handler)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
async def test_any_number_of_them_is_one_stop_also_when_it_is_over(number: signal.Signals) -> None:
    with stop_on_signals() as stopping:
        assert not stopping.is_set()
        os.kill(os.getpid(), number)
        await asyncio.wait_for(stopping.wait(), 30)
        os.kill(os.getpid(), number)
        await asyncio.sleep(0)
    os.kill(os.getpid(), number)


async def test_a_program_that_nohup_has_started_outlives_its_terminal() -> None:
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    with stop_on_signals() as stopping:
        os.kill(os.getpid(), signal.SIGHUP)
        for _ in range(3):  # turns of the loop, in which a signal would be noticed
            await asyncio.sleep(0)
        assert not stopping.is_set()
        os.kill(os.getpid(), signal.SIGTERM)
        await asyncio.wait_for(stopping.wait(), 30)


async def test_a_second_ctrl_c_has_its_usual_effect() -> None:
    with stop_on_signals() as stopping:
        os.kill(os.getpid(), signal.SIGINT)
        await asyncio.wait_for(stopping.wait(), 30)
        with pytest.raises(KeyboardInterrupt):
            os.kill(os.getpid(), signal.SIGINT)


async def test_a_ctrl_c_after_a_service_managers_stop_is_not_a_second_one() -> None:
    with stop_on_signals() as stopping:
        os.kill(os.getpid(), signal.SIGTERM)
        await asyncio.wait_for(stopping.wait(), 30)
        os.kill(os.getpid(), signal.SIGINT)
        await asyncio.sleep(0)


async def test_an_error_at_the_end_of_what_a_stop_breaks_off_is_told() -> None:
    begun = asyncio.Event()
    stopping = asyncio.Event()

    async def start() -> None:
        try:
            begun.set()
            await asyncio.Event().wait()
        finally:
            raise AwayError("it can't be taken down")

    starting = asyncio.create_task(run_until(stopping, start()))
    await begun.wait()
    stopping.set()

    with pytest.raises(AwayError):
        await starting
