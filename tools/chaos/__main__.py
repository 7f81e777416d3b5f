"""Runs bots under chaos, prints the figures, and fails if ours is not clean."""

import argparse
import asyncio
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import mkdtemp
from typing import Final

from tools.chaos.bots import BOTS, OURS, Bot, Mode
from tools.chaos.conversations.checker import Kind
from tools.chaos.plan import Plan
from tools.chaos.run import Result, run
from tools.chaos.servers.postgres import Postgres
from tools.printing import say

PATIENCE_SECONDS: Final = 45.0
PEERS_PATIENCE_SECONDS: Final = 15.0
COLUMNS: Final = ("bot", "mode", "updates", "kills", "restarts", *(k.value for k in Kind))


def main() -> int:
    """Run the bots that the arguments name; return the exit status."""
    arguments = _parser().parse_args()
    results = asyncio.run(_run_all(arguments))
    _print_table(results)
    return int(any(result.bot is OURS and result.report.faults for result in results))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tools.chaos", description=__doc__)
    parser.add_argument("--bots", nargs="+", choices=BOTS, default=list(BOTS))
    parser.add_argument("--modes", nargs="+", type=Mode, default=list(Mode))
    parser.add_argument("--seed", type=int, default=1, help="of all that is random")
    parser.add_argument("--updates", type=int, default=20_000, help="in each mode of ours")
    parser.add_argument("--chats", type=int, default=200)
    parser.add_argument("--kills", type=int, default=50, help="of ours, in each mode, at least")
    parser.add_argument("--restarts", type=int, default=10, help="of PostgreSQL, likewise")
    parser.add_argument("--share", type=int, default=5, help="others get so many times less of all")
    return parser


async def _run_all(arguments: argparse.Namespace) -> Sequence[Result]:
    with Postgres() as postgres:
        return [
            await _run(bot, mode, _plan(bot, arguments), postgres)
            for bot in (BOTS[name] for name in arguments.bots)
            for mode in bot.modes
            if mode in arguments.modes
        ]


def _plan(bot: Bot, arguments: argparse.Namespace) -> Plan:
    share = 1 if bot is OURS else arguments.share
    return Plan(
        arguments.seed,
        arguments.updates // share,
        arguments.chats,
        arguments.kills // share,
        arguments.restarts // share,
        PATIENCE_SECONDS if bot is OURS else PEERS_PATIENCE_SECONDS,
    )


async def _run(bot: Bot, mode: Mode, plan: Plan, postgres: Postgres) -> Result:
    folder = Path(mkdtemp(prefix=f"chaos-{bot.name}-{mode.value}-"))
    say(f"{bot.name}, {mode.value}, {plan}; what it prints goes to {folder / 'bot.log'}")
    result = await run(bot, mode, plan, postgres, folder=folder, tell=lambda line: say(f"  {line}"))
    for fault in result.report.first_faults():
        say(f"  {fault}")
    return result


def _print_table(results: Sequence[Result]) -> None:
    say(" | ".join((*COLUMNS, "repeated replies", "seconds")))
    for result in results:
        figures = (
            result.bot.name,
            result.mode.value,
            result.updates,
            result.kills,
            result.restarts,
            *(result.report.count(kind) for kind in Kind),
            result.report.repeats,
            round(result.seconds),
        )
        say(" | ".join(map(str, figures)))


if __name__ == "__main__":
    sys.exit(main())
