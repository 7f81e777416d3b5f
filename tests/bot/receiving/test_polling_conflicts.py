import asyncio
import logging
from itertools import pairwise
from typing import Final

import pytest
from telegram.error import Conflict

from bot.receiving.polling_conflicts import (
    SECONDS_TO_LEAVE_A_WEBHOOK,
    PollingConflicts,
    poll_instead_of_webhook,
)
from bot.receiving.wiring import Pipeline
from local_telegram.telegram import LocalTelegram
from tests.bot.running import new_webhook, polling
from tests.bot.seconds import Seconds
from tests.waiting import wait_until

HOUR: Final = 3600.0


@pytest.fixture
def conflicts(pipeline: Pipeline, seconds: Seconds) -> PollingConflicts:
    return PollingConflicts(pipeline.bot, seconds)


async def refusal(pipeline: Pipeline) -> Conflict:
    """What Telegram says to a poll."""
    with pytest.raises(Conflict) as refused:
        await pipeline.bot.get_raw_updates(0, timeout=0, read_timeout=5, allowed_updates=())
    return refused.value


def deletions(local: LocalTelegram) -> int:
    return sum(call.method == "deleteWebhook" for call in local.calls)


async def test_a_webhook_of_others_is_left_for_a_while_and_then_deleted(
    *,
    pipeline: Pipeline,
    local: LocalTelegram,
    conflicts: PollingConflicts,
    seconds: Seconds,
    unused_tcp_port: int,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO, logger="bot.receiving.polling_conflicts")
    await new_webhook(pipeline, unused_tcp_port).register()
    refused = await refusal(pipeline)

    await conflicts.handle(refused)
    seconds.now += SECONDS_TO_LEAVE_A_WEBHOOK - 1
    await conflicts.handle(refused)
    assert deletions(local) == 0

    seconds.now += 1
    await conflicts.handle(refused)

    assert (await pipeline.bot.webhook_info()).url == ""
    told, deleted = caplog.messages
    assert "a webhook is set by another program with this token" in told
    assert "stop one of the two (a webhook that stays for 5 minutes is deleted)" in told
    assert deleted == "The webhook of another program is deleted, as this one polls"


async def test_a_webhook_that_comes_again_and_again_is_deleted_less_and_less(
    pipeline: Pipeline,
    local: LocalTelegram,
    conflicts: PollingConflicts,
    seconds: Seconds,
    unused_tcp_port: int,
) -> None:
    hook = new_webhook(pipeline, unused_tcp_port)
    await hook.register()
    refused = await refusal(pipeline)
    deleted_at: list[float] = []
    begun_at = seconds.now
    while seconds.now < begun_at + 12 * HOUR:
        before = deletions(local)
        await conflicts.handle(refused)
        if deletions(local) > before:
            deleted_at.append(seconds.now)
            conflicts.end()  # until the other notices
            seconds.now += 60
            await hook.register()
        seconds.now += 8

    pauses = [later - earlier for earlier, later in pairwise(deleted_at)]
    assert 10 <= len(deleted_at) <= 24
    assert pauses[0] >= 300
    assert min(pauses[4:]) >= HOUR / 2

    conflicts.end()
    seconds.now += 12 * HOUR
    before = deletions(local)
    for _ in range(2):
        await conflicts.handle(refused)
        seconds.now += SECONDS_TO_LEAVE_A_WEBHOOK
    assert deletions(local) == before + 1


async def test_another_poller_is_told_of_once_an_hour_and_left_alone(
    local: LocalTelegram,
    conflicts: PollingConflicts,
    seconds: Seconds,
    caplog: pytest.LogCaptureFixture,
) -> None:
    refused = Conflict("Conflict: terminated by other getUpdates request; make sure that only one")
    for _ in range(int(2 * HOUR / 10)):
        await conflicts.handle(refused)
        seconds.now += 10
    assert len(caplog.messages) == 2
    assert "another program polls with this token, probably another copy" in caplog.messages[0]
    assert "stop it, or give it a token of its own" in caplog.messages[0]
    assert deletions(local) == 0


async def test_a_bot_that_begins_to_poll_says_that_it_deletes_a_webhook(
    pipeline: Pipeline, local: LocalTelegram, unused_tcp_port: int, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, logger="bot.receiving.polling_conflicts")
    await poll_instead_of_webhook(pipeline.bot)
    assert caplog.messages == []

    local.faults.add(method="getWebhookInfo", status=404, description="Not Found")
    await poll_instead_of_webhook(pipeline.bot)  # with a server that does not know the method
    assert caplog.messages == []

    await new_webhook(pipeline, unused_tcp_port).register()
    await poll_instead_of_webhook(pipeline.bot)

    assert (await pipeline.bot.webhook_info()).url == ""
    [line] = caplog.messages
    assert line.startswith("The webhook is deleted, as WEBHOOK_URL is not set: ")


async def test_a_bot_that_polls_says_that_a_webhook_is_set_and_goes_on_when_it_is_gone(
    pipeline: Pipeline,
    local: LocalTelegram,
    unused_tcp_port: int,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO, logger="bot.receiving.polling_conflicts")
    async with polling(pipeline):
        await new_webhook(pipeline, unused_tcp_port).register()

        async def is_told() -> bool:
            return any("a webhook is set by another program" in line for line in caplog.messages)

        await wait_until(is_told)
        await pipeline.bot.delete_webhook()
        said = local.send_text(local.people[1002], 1002, "/fridge")
        await asyncio.wait_for(local.wait_for_message(1002, after=said["message_id"]), 60)
    beginning, end = caplog.messages
    assert beginning.startswith("Polling fails (1 times by now)")
    assert end.startswith("Polling works again")
