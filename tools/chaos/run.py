"""One run: people in the stand-in Telegram, a bot that is killed, and the checked result."""

import asyncio
import time
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Final

from local_telegram.server import LocalTelegramServer
from tools.chaos.bots import Bot, Mode, base_environment, free_addresses, webhook_settings
from tools.chaos.conversations.checker import ChatHistory, Report, check
from tools.chaos.conversations.people import People
from tools.chaos.fleet import Fleet
from tools.chaos.moments import Act, Moment, make_moments
from tools.chaos.plan import Plan
from tools.chaos.servers.nginx import Nginx
from tools.chaos.servers.postgres import Server, make_database
from tools.chaos.servers.programs import SECONDS_TO_START
from tools.chaos.service import Service

ANSWERS_BETWEEN_KILLS: Final = 10
SLOW_SECONDS: Final = 1.0


@dataclass(frozen=True, slots=True)
class Result:
    """The result of a run, and the URL of its database, which is kept."""

    bot: Bot
    mode: Mode
    database_url: str
    updates: int
    kills: int
    restarts: int
    seconds: float
    longest_silence: float
    """The longest time without any answer, in seconds."""

    report: Report


Tell = Callable[[str], None]


async def run(
    bot: Bot,
    mode: Mode,
    plan: Plan,
    postgres: Server,
    *,
    folder: Path,
    tell: Tell,
    replicas: int = 1,
) -> Result:
    """Run a bot according to a plan, and check what people saw.

    Args:
        bot: The bot.
        mode: How the bot receives its updates.
        plan: What happens to the bot.
        postgres: The server on which the bot's database is made.
        folder: Where the bot runs; `bot.log` in it keeps the output.
        tell: Called with lines about the progress.
        replicas: How many processes of the bot run. Several need a webhook, with nginx in front.

    Raises:
        ProgramMissingError: nginx is needed, and not installed.
    """
    url = await make_database(postgres.url, f"chaos_{time.time_ns()}")
    people = People.invited(plan)
    failures = postgres.failures
    async with (
        LocalTelegramServer(people.telegram) as telegram,
        _reached(mode, replicas, folder) as reached,
    ):
        settings = {
            "BOT_TOKEN": people.telegram.token,
            "TELEGRAM_API_URL": telegram.url,
            "DATABASE_URL": url,
            "LOG_LEVEL": "WARNING",
            **bot.settings,
        }
        fleet = Fleet(
            [
                Service(
                    bot.command,
                    environment={**base_environment(), **settings, **each},
                    folder=folder,
                    log=folder / "bot.log",
                    on_end=people.give_up,
                )
                for each in reached
            ]
        )
        began = time.monotonic()
        async with fleet, asyncio.TaskGroup() as doing:
            chaos = _Chaos(plan, people, fleet, postgres, doing)
            await _play(people, chaos, plan, tell)
            seconds = time.monotonic() - began
        histories = await people.histories(url)
    return Result(
        bot,
        mode,
        url,
        plan.updates,
        fleet.kills,
        postgres.failures - failures,
        seconds,
        _longest_silence(histories),
        check(histories),
    )


@asynccontextmanager
async def _reached(
    mode: Mode, replicas: int, folder: Path
) -> AsyncGenerator[Sequence[Mapping[str, str]]]:
    """The settings with which each replica receives updates; nginx runs if it is needed."""
    if mode is Mode.POLLING:
        yield [{}]
        return
    public_address, *addresses = free_addresses(1 + replicas)
    public = webhook_settings(public_address)
    if replicas == 1:
        yield [public]
        return
    async with Nginx(public_address, addresses, folder):
        yield [{**public, "LISTEN": address} for address in addresses]


def _longest_silence(histories: Sequence[ChatHistory]) -> float:
    times = sorted(reply.at for history in histories for reply in history.replies)
    return max(((after - before).total_seconds() for before, after in pairwise(times)), default=0.0)


class _Chaos:
    """Carries out the moments that are due."""

    def __init__(
        self,
        plan: Plan,
        people: People,
        fleet: Fleet,
        postgres: Server,
        doing: asyncio.TaskGroup,
    ) -> None:
        self._moments = list(make_moments(plan))
        self._people = people
        self._fleet = fleet
        self._postgres = postgres
        self._doing = doing
        self._one_restart_at_a_time = asyncio.Lock()
        self._not_before = 0

    def told(self) -> str:
        """The progress in words."""
        return f"{self._fleet.kills} kills, {len(self._moments)} moments to come"

    def act_if_due(self) -> None:
        """Carry out a moment that is due; between two kills the bot must have answered."""
        people = self._people
        if not self._moments or people.replies < self._not_before:
            return
        if people.dealt_with >= self._moments[0].answered:
            self._not_before = people.replies + ANSWERS_BETWEEN_KILLS
            self._doing.create_task(self._do(self._moments.pop(0)))

    async def _do(self, moment: Moment) -> None:
        if moment.act is Act.KILL_SLOW_BOT:
            self._people.let_replies_take(SLOW_SECONDS)
        await asyncio.sleep(moment.delay)
        if moment.act is Act.RESTART_DATABASE:
            async with self._one_restart_at_a_time:
                await self._postgres.fail()
            return
        await self._fleet.kill()
        if moment.act is Act.KILL_BOT_TWICE:
            await asyncio.sleep(moment.again_after)
            await self._fleet.kill_again()


async def _play(people: People, chaos: _Chaos, plan: Plan, tell: Tell) -> None:
    told = 0
    while not people.are_answered():
        people.speak()
        chaos.act_if_due()
        # The first answer is preceded by a start.
        patience = plan.patience if people.answered else plan.patience + SECONDS_TO_START
        try:
            async with asyncio.timeout(patience):
                await people.hear()
        except TimeoutError:
            # Commands that are confirmed and still unanswered are lost: people go on without them.
            people.give_up()
            if not people.may_speak():
                tell(f"no answer for {patience:.0f} s, {people.pending} updates pending")
                return
        if people.answered >= told + plan.updates // 10:
            told = people.answered
            tell(f"{told} of {plan.updates} answered, {chaos.told()}")
