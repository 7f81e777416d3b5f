"""The short form of `make chaos`, and the proof that it would notice."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tools.chaos.bots import OURS, Bot, Mode
from tools.chaos.conversations.checker import Kind
from tools.chaos.plan import Plan
from tools.chaos.run import Result, run
from tools.chaos.servers.postgres import Postgres

pytestmark = [pytest.mark.slow, pytest.mark.unwatched, pytest.mark.xdist_group("chaos")]


PLAN = Plan(seed=1, updates=600, chats=30, kills=3, restarts=1, patience=20)
SHORTER_PLAN = Plan(seed=1, updates=400, chats=30, kills=2, restarts=1, patience=20)
PYTHON_TELEGRAM_BOT = Bot(
    "python-telegram-bot",
    (sys.executable, "-m", "tools.chaos.peers.python_telegram_bot"),
    (Mode.POLLING,),
    {},
)
CARELESS_PLAN = Plan(seed=1, updates=100, chats=10, kills=0, restarts=0, patience=20)
CARELESS = Bot(
    "careless", (sys.executable, "-m", "tests.tools.chaos.careless_bot"), (Mode.POLLING,), {}
)
HASTY = Bot("hasty", (sys.executable, "-m", "tests.tools.chaos.hasty_bot"), (Mode.POLLING,), {})


@pytest.fixture(autouse=True)
def unwatched(monkeypatch: pytest.MonkeyPatch) -> None:
    """Do not note the lines that a bot covers: it is killed, and then nobody learns of them."""
    monkeypatch.delenv("COVERAGE_PROCESS_CONFIG", raising=False)


@pytest.fixture(scope="module")
def postgres() -> Iterator[Postgres]:
    with Postgres() as postgres:
        yield postgres


async def outcome(bot: Bot, mode: Mode, plan: Plan, postgres: Postgres, folder: Path) -> Result:
    told: list[str] = []
    result = await run(bot, mode, plan, postgres, folder=folder, tell=told.append)
    assert result.kills >= plan.kills, told
    assert result.restarts == plan.restarts, told
    return result


@pytest.mark.parametrize("mode", Mode)
async def test_nothing_is_lost_or_done_twice_whatever_is_killed(
    mode: Mode, postgres: Postgres, tmp_path: Path
) -> None:
    result = await outcome(OURS, mode, PLAN, postgres, tmp_path)
    assert result.report.faults == []


@pytest.mark.proof
@pytest.mark.parametrize("bot", [HASTY, PYTHON_TELEGRAM_BOT], ids=lambda bot: bot.name)
async def test_a_bot_that_confirms_before_it_handles_is_found_out(
    bot: Bot, postgres: Postgres, tmp_path: Path
) -> None:
    result = await outcome(bot, Mode.POLLING, SHORTER_PLAN, postgres, tmp_path)
    assert result.report.count(Kind.LOST) > 0


async def test_a_bot_that_doubles_an_amount_is_found_out(
    postgres: Postgres, tmp_path: Path
) -> None:
    result = await outcome(CARELESS, Mode.POLLING, CARELESS_PLAN, postgres, tmp_path)
    assert {fault.kind for fault in result.report.faults} <= {Kind.LOST, Kind.TWICE, Kind.UNTRUE}
    assert result.report.count(Kind.LOST) > 0
