import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import pytest
from sqlalchemy import RowMapping, text
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.features.services import Services
from bot.receiving.chat_queues import GRACE_SECONDS
from db.connection.errors import DatabaseAway
from local_telegram.server import LocalTelegramServer
from local_telegram.telegram import LocalTelegram
from tests.bot.conversation import GROUP, Conversation, seen
from tests.conftest import Clock
from tests.db.tables import Tables
from tests.waiting import wait_until

EMMA = 1002
APOLOGY = "Sorry, something went wrong on my side. Please send that again."
ADDED = "Added: 🥛 milk\n1 item in the fridge now."
FOR_EVER = 1_000_000

Work = Callable[..., Awaitable[Any]]


class Failing:
    """Does a repository's work, or fails the next `times` with an error instead."""

    def __init__(self, work: Work, error: Exception, times: int) -> None:
        self._work = work
        self._error = error
        self.times = times
        self.calls = 0

    async def __call__(self, *arguments: object) -> Any:  # noqa: ANN401 (whatever it does)
        self.calls += 1
        if self.times:
            self.times -= 1
            raise self._error
        return await self._work(*arguments)


Break = Callable[..., Failing]


@pytest.fixture
def break_down(monkeypatch: pytest.MonkeyPatch) -> Break:
    """Lets a method of a repository fail."""

    def break_down(
        repository: object, method: str, error: Exception, times: int = FOR_EVER
    ) -> Failing:
        failing = Failing(getattr(repository, method), error, times)
        monkeypatch.setattr(repository, method, failing)
        return failing

    return break_down


Failures = Callable[[], Awaitable[Sequence[RowMapping]]]


@pytest.fixture
def failures(engine: AsyncEngine) -> Failures:
    """The recorded failures."""

    async def read() -> Sequence[RowMapping]:
        async with engine.connect() as connection:
            rows = await connection.execute(text("SELECT * FROM failed_updates"))
            return rows.mappings().all()

    return read


async def answer_to(local: LocalTelegram, text: str) -> str:
    """What the bot says to something that Emma writes."""
    said = local.send_text(local.people[EMMA], EMMA, text)
    reply = await local.wait_for_message(EMMA, after=said["message_id"], timeout=10)
    return seen(reply["text"])


def answers_in(local: LocalTelegram, chat: int) -> list[str]:
    """What the bot has said in a chat."""
    return [seen(m["text"]) for m in local.messages(chat) if m["from"]["is_bot"]]


# Bugs


async def test_a_bug_is_tried_three_times_recorded_and_apologised_for_and_the_chat_goes_on(
    *,
    bot: Conversation,
    telegram: LocalTelegramServer,
    services: Services,
    clock: Clock,
    break_down: Break,
    failures: Failures,
) -> None:
    broken = break_down(services.fridges, "remove", ZeroDivisionError("division by zero"))

    reply = await bot.say("emma", "/remove milk")

    assert reply.text == APOLOGY
    assert broken.calls == 3
    [failure] = await failures()
    assert failure["chat_id"] == EMMA
    assert failure["update_id"] == telegram.telegram.updates.last_id
    assert failure["failed_at"] == clock.now
    assert failure["error"] == "ZeroDivisionError: division by zero"
    assert failure["traceback"].startswith("Traceback (most recent call last):")
    assert "services.fridges.remove" in failure["traceback"]
    assert failure["traceback"].endswith("ZeroDivisionError: division by zero\n")
    assert (await bot.say("emma", "/add milk")).text == ADDED


async def test_an_apology_is_in_the_persons_language(
    bot: Conversation, services: Services, break_down: Break
) -> None:
    break_down(services.fridges, "list", ZeroDivisionError())

    assert (await bot.say("minji", "/fridge")).text == (
        "죄송해요, 문제가 생겼어요. 다시 보내 주세요."
    )


async def test_in_a_group_an_apology_shows_what_it_is_for(
    bot: Conversation, telegram: LocalTelegramServer, services: Services, break_down: Break
) -> None:
    break_down(services.fridges, "list", ZeroDivisionError())

    reply = await bot.say("emma", "/fridge", chat=GROUP)

    assert reply.text == APOLOGY
    said = telegram.telegram.messages(GROUP)[-1]
    assert said["reply_to_message"]["text"] == "/fridge"


async def test_a_tap_that_fails_is_apologised_for_in_a_notice(
    bot: Conversation, services: Services, break_down: Break, failures: Failures
) -> None:
    await bot.say("emma", "/add milk")
    question = await bot.say("emma", "/clear")
    broken = break_down(services.fridges, "clear", ZeroDivisionError(), times=3)

    tapped = await bot.tap("emma", question, "Empty it")

    assert tapped.notice == APOLOGY
    assert tapped.messages == []
    assert broken.calls == 3
    assert len(await failures()) == 1
    [edited] = (await bot.tap("emma", question, "Empty it")).messages
    assert edited.text == "Emptied: 1 item is out."


async def test_an_apology_that_telegram_refuses_is_not_repeated(
    bot: Conversation,
    telegram: LocalTelegramServer,
    services: Services,
    break_down: Break,
    failures: Failures,
) -> None:
    local = telegram.telegram
    break_down(services.fridges, "list", ZeroDivisionError())
    local.faults.add(
        method="sendMessage", times=1, status=400, description="Bad Request: can't parse entities"
    )

    assert await bot.hear("emma", "/fridge") == []

    assert len([call for call in local.calls if call.method == "sendMessage"]) == 1
    assert [failure["error"] for failure in await failures()] == [
        "BadRequest: Can't parse entities"
    ]
    assert (await bot.say("emma", "/add milk")).text == ADDED


async def test_a_bug_where_nobody_waits_for_an_answer_is_only_recorded(
    bot: Conversation,
    telegram: LocalTelegramServer,
    services: Services,
    break_down: Break,
    failures: Failures,
) -> None:
    break_down(services.unreachable_chats, "put", ZeroDivisionError())
    local = telegram.telegram

    local.block(local.people[EMMA])

    async def is_recorded() -> bool:
        return len(await failures()) == 1

    await wait_until(is_recorded)
    await bot.say("minji", "/fridge")
    assert [call for call in local.calls if call.parameters.get("chat_id") == EMMA] == []


async def test_a_fault_that_does_not_come_again_gives_the_one_answer(
    bot: Conversation,
    telegram: LocalTelegramServer,
    services: Services,
    break_down: Break,
    failures: Failures,
) -> None:
    flaky = break_down(services.fridges, "add", ZeroDivisionError(), times=2)

    assert (await bot.say("emma", "/add milk")).text == ADDED

    assert flaky.calls == 3
    assert answers_in(telegram.telegram, EMMA) == [ADDED]
    assert await failures() == []


async def test_a_record_of_a_failure_tells_no_token(
    bot: Conversation,
    telegram: LocalTelegramServer,
    services: Services,
    break_down: Break,
    failures: Failures,
) -> None:
    token = telegram.telegram.token
    url = f"http://127.0.0.1/bot{token}/sendMessage"
    break_down(services.fridges, "list", RuntimeError(f"{url} said no"))

    await bot.say("emma", "/fridge")

    [failure] = await failures()
    assert failure["error"] == "RuntimeError: http://127.0.0.1/bot***/sendMessage said no"
    assert "bot***/sendMessage said no" in failure["traceback"]
    assert token not in f"{failure}"


async def test_bugs_of_one_chat_leave_the_others_alone(
    telegram: LocalTelegramServer, bot: Conversation, services: Services, break_down: Break
) -> None:
    local = telegram.telegram
    break_down(services.fridges, "remove", ZeroDivisionError())
    for _ in range(10):
        local.send_text(local.people[EMMA], EMMA, "/remove milk")

    assert (await bot.say("minji", "/add 우유")).text.startswith("넣었어요")

    async def all_are_apologised_for() -> bool:
        return answers_in(local, EMMA) == [APOLOGY] * 10

    await wait_until(all_are_apologised_for)


# What passes


@pytest.mark.usefixtures("bot")
async def test_a_database_that_is_away_is_waited_for_and_is_nobodys_failure(
    *,
    telegram: LocalTelegramServer,
    services: Services,
    tables: Tables,
    break_down: Break,
    failures: Failures,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO, logger="bot")
    local = telegram.telegram
    away = break_down(services.fridges, "add", DatabaseAway("connection refused"), times=7)

    assert await answer_to(local, "/add milk") == ADDED

    assert away.calls == 8
    assert answers_in(local, EMMA) == [ADDED]
    assert len(await tables.items(EMMA)) == 1
    assert await failures() == []
    beginning, end = caplog.messages
    assert beginning == (
        "The database fails (1 times by now), trying again until it works: connection refused"
    )
    assert end.startswith("The database works again, after ")


async def test_a_connection_that_breaks_once_is_not_worth_a_line(
    bot: Conversation, services: Services, break_down: Break, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, logger="bot")
    break_down(services.fridges, "add", DatabaseAway("connection reset"), times=1)

    assert (await bot.say("emma", "/add milk")).text == ADDED

    assert caplog.messages == []


@pytest.mark.usefixtures("bot")
async def test_a_database_that_is_away_when_a_failure_is_to_be_recorded_is_waited_for(
    *,
    telegram: LocalTelegramServer,
    services: Services,
    break_down: Break,
    failures: Failures,
    caplog: pytest.LogCaptureFixture,
) -> None:
    local = telegram.telegram
    break_down(services.fridges, "list", ZeroDivisionError())
    break_down(services.failed_updates, "record", DatabaseAway("connection refused"), times=3)

    assert await answer_to(local, "/fridge") == APOLOGY

    assert answers_in(local, EMMA) == [APOLOGY]
    assert len(await failures()) == 1
    # And not one for each time that it was tried until then.
    assert len([record for record in caplog.records if record.exc_info]) == 1


@pytest.mark.parametrize("grace", [GRACE_SECONDS])
@pytest.mark.usefixtures("bot")
async def test_while_the_database_is_away_nothing_is_confirmed(
    telegram: LocalTelegramServer, services: Services, break_down: Break
) -> None:
    local = telegram.telegram
    away = DatabaseAway("connection refused")
    adding = break_down(services.fridges, "add", away)
    storing = break_down(services.waiting_updates, "put", away)
    said = local.send_text(local.people[EMMA], EMMA, "/add milk")
    update_id = local.updates.last_id

    async def is_tried_again_and_again() -> bool:
        return adding.calls > 3 and storing.calls > 1

    await wait_until(is_tried_again_and_again)
    assert local.updates.pending_count == 1
    adding.times = storing.times = 0
    reply = await local.wait_for_message(EMMA, after=said["message_id"])
    assert seen(reply["text"]) == ADDED
    await asyncio.wait_for(local.updates.confirmed(update_id), 60)
