"""Loses the primary again and again, promotes the standby, and checks that nothing was lost."""

import argparse
import asyncio
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp
from typing import Final

from tools.chaos.bots import OURS, Mode
from tools.chaos.conversations.checker import Kind
from tools.chaos.plan import Plan
from tools.chaos.run import Result, run
from tools.chaos.servers.nginx import find_nginx
from tools.chaos.servers.postgres_pair import Pair
from tools.chaos.servers.programs import ProgramMissingError
from tools.printing import say, say_table

PATIENCE_SECONDS: Final = 45.0
COLUMNS: Final = (
    "bot",
    "updates",
    "bot killed",
    "primary lost",
    *(kind.value for kind in Kind),
    "repeated replies",
    "longest silence",
    "seconds",
)


@dataclass(frozen=True, slots=True)
class Setting:
    """How the bot is run: its mode, replicas and ways to PostgreSQL."""

    title: str
    mode: Mode
    replicas: int


SETTINGS: Final = (
    Setting("polling", Mode.POLLING, 1),
    Setting("webhook", Mode.WEBHOOK, 1),
    Setting("webhook, two replicas", Mode.WEBHOOK, 2),
)


def main() -> int:
    """Run the settings that the arguments name; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tools.chaos.failover", description=__doc__)
    parser.add_argument("--seed", type=int, default=1, help="of all that is random")
    parser.add_argument("--updates", type=int, default=6_000, help="of each of the three runs")
    parser.add_argument("--chats", type=int, default=100)
    parser.add_argument("--losses", type=int, default=4, help="of the primary, in each run")
    parser.add_argument("--kills", type=int, default=4, help="of the bot, in each run, at least")
    arguments = parser.parse_args()
    plan = Plan(
        arguments.seed,
        arguments.updates,
        arguments.chats,
        arguments.kills,
        arguments.losses,
        PATIENCE_SECONDS,
    )
    results = asyncio.run(_run_all(_possible(SETTINGS), plan))
    return int(any(result.report.faults for result in results))


def _possible(settings: Sequence[Setting]) -> Sequence[Setting]:
    try:
        find_nginx()
    except ProgramMissingError as error:
        say(f"Without several replicas: {error}")
        return [setting for setting in settings if setting.replicas == 1]
    return settings


async def _run_all(settings: Sequence[Setting], plan: Plan) -> Sequence[Result]:
    rows: list[Sequence[str]] = []
    results: list[Result] = []
    for setting in settings:
        folder = Path(mkdtemp(prefix="failover-"))
        say(f"{setting.title}, {plan}; what it prints goes to {folder / 'bot.log'}")
        async with Pair() as pair:
            result = await run(
                OURS,
                setting.mode,
                plan,
                pair,
                folder=folder,
                tell=lambda line: say(f"  {line}"),
                replicas=setting.replicas,
            )
        for fault in result.report.first_faults():
            say(f"  {fault}")
        results.append(result)
        rows.append(_row(setting, result))
    say_table(COLUMNS, rows)
    return results


def _row(setting: Setting, result: Result) -> Sequence[str]:
    figures = (
        result.updates,
        result.kills,
        result.restarts,
        *(result.report.count(kind) for kind in Kind),
        result.report.repeats,
    )
    return (
        setting.title,
        *map(str, figures),
        f"{result.longest_silence:.1f} s",
        f"{result.seconds:.0f}",
    )


if __name__ == "__main__":
    sys.exit(main())
