"""The short form of `make failover`."""

from pathlib import Path

import pytest

from tools.chaos.bots import OURS, Mode
from tools.chaos.plan import Plan
from tools.chaos.run import run
from tools.chaos.servers.postgres_pair import Pair

pytestmark = [pytest.mark.slow, pytest.mark.unwatched]


PLAN = Plan(seed=1, updates=200, chats=20, kills=0, restarts=1, patience=20)


async def test_nothing_that_was_answered_is_lost_with_the_primary(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("COVERAGE_PROCESS_CONFIG", raising=False)
    monkeypatch.setattr("tools.chaos.servers.postgres_pair.SECONDS_WITHOUT", 0.2)
    told: list[str] = []
    async with Pair() as pair:
        result = await run(OURS, Mode.WEBHOOK, PLAN, pair, folder=tmp_path, tell=told.append)

    assert result.restarts == 1, told
    assert result.report.faults == []
