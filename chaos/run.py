"""One run: a stand-in Telegram full of people, a bot that is killed, and what came of it."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from chaos.bots import Bot, Mode, base_environment, webhook_settings
from chaos.checker import Report, check
from chaos.moments import Act, Moment, make_moments
from chaos.people import People
from chaos.plan import Plan
from chaos.postgres import Postgres, make_database
from chaos.service import Service
from local_telegram.server import LocalTelegramServer

ANSWERS_BETWEEN_KILLS: Final = 10
SLOW_SECONDS: Final = 1.0


@dataclass(frozen=True, slots=True)
class Result:
    """What came of it."""

    bot: Bot
    mode: Mode
    updates: int
    kills: int
    restarts: int
    seconds: float
    report: Report


Tell = Callable[[str], None]


async def run(
    bot: Bot, mode: Mode, plan: Plan, postgres: Postgres, *, folder: Path, tell: Tell
) -> Result:
    """Run a bot to the plan, and check it.

    Args:
        bot: to be run.
        mode: how it gets its updates.
        plan: what is done to it.
        postgres: where a database is made for it.
        folder: where it runs, and what it prints is kept in `bot.log`.
        tell: gets lines about the progress.
    """
    url = await make_database(postgres.url, f"chaos_{time.time_ns()}")
    people = People.invited(plan)
    async with LocalTelegramServer(people.telegram) as server:
        settings = {
            "BOT_TOKEN": people.telegram.token,
            "TELEGRAM_API_URL": server.url,
            "DATABASE_URL": url,
            "LOG_LEVEL": "WARNING",
            **bot.settings,
            **(webhook_settings() if mode is Mode.WEBHOOK else {}),
        }
        service = Service(
            bot.command,
            environment=base_environment() | settings,
            folder=folder,
            log=folder / "bot.log",
            on_end=people.give_up,
        )
        restarts_before = postgres.restarts
        began = time.monotonic()
        async with service, asyncio.TaskGroup() as doing:
            chaos = _Chaos(plan, people, service, postgres, doing)
            await _play(people, chaos, plan, tell)
            seconds = time.monotonic() - began
        histories = await people.histories(url)
    return Result(
        bot,
        mode,
        plan.updates,
        service.kills,
        postgres.restarts - restarts_before,
        seconds,
        check(histories),
    )


class _Chaos:
    """Does what is due."""

    def __init__(
        self,
        plan: Plan,
        people: People,
        service: Service,
        postgres: Postgres,
        doing: asyncio.TaskGroup,
    ) -> None:
        self._moments = list(make_moments(plan))
        self._people = people
        self._service = service
        self._postgres = postgres
        self._doing = doing
        self._one_restart_at_a_time = asyncio.Lock()
        self._not_before = 0

    def told(self) -> str:
        """How far it is."""
        return f"{self._service.kills} kills, {len(self._moments)} moments to come"

    def act_if_due(self) -> None:
        """Do what is due. Between two kills the bot must have answered something."""
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
                await asyncio.to_thread(self._postgres.restart)
            return
        self._service.kill()
        if moment.act is Act.KILL_BOT_TWICE:
            await asyncio.sleep(moment.again_after)
            self._service.kill()


async def _play(people: People, chaos: _Chaos, plan: Plan, tell: Tell) -> None:
    told = 0
    while not people.are_answered():
        people.speak()
        chaos.act_if_due()
        try:
            async with asyncio.timeout(plan.patience):
                await people.hear()
        except TimeoutError:
            # What is confirmed and not answered by now is lost, and makes room for more.
            people.give_up()
            if not people.may_speak():
                tell(f"no answer for {plan.patience:.0f} s, {people.pending} updates pending")
                return
        if people.answered >= told + plan.updates // 10:
            told = people.answered
            tell(f"{told} of {plan.updates} answered, {chaos.told()}")
