import asyncio
import os
import re
import signal
from pathlib import Path

import pytest
from aiohttp import ClientSession

from tests.operation.conftest import Run
from tests.operation.program import postgres_processes, until_there

pytestmark = pytest.mark.slow


async def say(http: ClientSession, address: str, text: str) -> str:
    """Writes as Emma, and gives the bot's reply, without its formatting."""
    body = {"person": "emma", "text": text}
    async with http.post(f"{address}/playground/send", json=body) as response:
        assert response.status == 200
        (reply,) = (await response.json())["replies"]
        return str(reply["text"])


async def test_one_can_chat_at_the_address_that_is_printed(
    run: Run, http: ClientSession, data_dir: Path
) -> None:
    program = await run(LOG_LEVEL="DEBUG")
    address = await program.playground()
    async with http.get(address) as page:
        assert page.status == 200
        assert page.content_type == "text/html"

    assert "2 items" in await say(http, address, "/add 우유, tofu")
    fridge = await say(http, address, "/fridge")
    assert "milk" in fridge.lower()
    assert "tofu" in fridge.lower()

    # Going live begins clean: the live bot's data are not in there.
    assert await asyncio.to_thread(os.listdir, data_dir) == ["playground"]
    assert postgres_processes(data_dir)
    # A browser that shows the page keeps a stream of events open.
    async with http.get(f"{address}/playground/events") as events:
        assert await events.content.readline()
        await program.stop()
    assert postgres_processes(data_dir) == []
    assert len(program.output) == 1
    assert "/bot***" in program.printed
    assert not re.search(r"\d+:[\w-]{30}", program.printed)


@pytest.mark.usefixtures("used_before")
async def test_ctrl_c_in_a_terminal_stops_everything(run: Run, data_dir: Path) -> None:
    program = await run()
    await program.playground()
    program.send_to_group(signal.SIGINT)
    assert await program.status() == 0
    assert postgres_processes(data_dir) == []
    assert "Traceback" not in program.printed


@pytest.mark.usefixtures("used_before")
async def test_a_service_manager_may_stop_postgresql_at_the_same_time(
    run: Run, data_dir: Path
) -> None:
    program = await run()
    await program.playground()
    # systemd sends SIGTERM to every process of a service, and `make` passes its own on.
    for process in postgres_processes(data_dir):
        os.kill(process, signal.SIGTERM)
    program.send_to_group(signal.SIGTERM)
    program.send_to_group(signal.SIGTERM)
    await program.line("Stopping")
    program.send_to_group(signal.SIGTERM)
    assert await program.status() == 0, program.printed
    assert postgres_processes(data_dir) == []
    assert "Traceback" not in program.printed


async def test_a_stop_during_the_first_start_leaves_nothing_running(
    run: Run, data_dir: Path, playground_dir: Path
) -> None:
    program = await run()
    await until_there(playground_dir / "postgresql.new")
    program.send(signal.SIGINT)
    assert await program.status() == 0
    assert postgres_processes(data_dir) == []
    assert "Traceback" not in program.printed


@pytest.mark.usefixtures("used_before")
async def test_what_was_added_survives_a_kill(
    run: Run, http: ClientSession, data_dir: Path
) -> None:
    killed = await run()
    await say(http, await killed.playground(), "/add tofu")
    await killed.kill()
    assert postgres_processes(data_dir)

    program = await run()
    assert "tofu" in (await say(http, await program.playground(), "/fridge")).lower()
    await program.stop()
    assert postgres_processes(data_dir) == []


@pytest.mark.usefixtures("used_before")
async def test_after_a_restart_a_message_is_not_taken_for_one_from_before(
    run: Run, http: ClientSession
) -> None:
    first = await run()
    await say(http, await first.playground(), "/add tofu")
    await first.stop()

    second = await run()
    address = await second.playground()
    assert "Added: 🧀 cheese" in (await say(http, address, "/add cheese")).replace("\xa0", " ")
    fridge = await say(http, address, "/fridge")
    assert "tofu" in fridge
    assert "cheese" in fridge
    await second.stop()
