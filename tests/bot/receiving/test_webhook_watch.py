import asyncio
import logging
import time
from collections.abc import AsyncIterator
from typing import Final

import pytest
from aiohttp import web
from telegram.error import InvalidToken

from bot.receiving import webhook as webhook_module
from bot.receiving.routing import ALLOWED_UPDATES
from bot.receiving.webhook import MAX_CONNECTIONS, Webhook
from bot.receiving.webhook_watch import LONGEST_SECONDS_BETWEEN_REGISTRATIONS, WebhookWatch
from bot.receiving.wiring import Pipeline
from bot.telegram.client import BotApiClient
from bot.telegram.webhook_info import WebhookInfo
from local_telegram.protocol.json_values import Json
from local_telegram.telegram import LocalTelegram
from tests.bot.running import SECRET, new_webhook, serving, serving_by
from tests.bot.seconds import Seconds
from tests.waiting import wait_until

EMMA: Final = 1002
GROUP: Final = -4001
DELETED: Final = (
    "The webhook is lost, registering it again: another program with this token has deleted it "
    "(a copy without WEBHOOK_URL does), stop that"
)


@pytest.fixture
async def hook(pipeline: Pipeline, unused_tcp_port: int) -> AsyncIterator[Webhook]:
    """A webhook that is registered, and at whose address nobody listens."""
    hook = new_webhook(pipeline, unused_tcp_port)
    await hook.register()
    yield hook
    await pipeline.bot.delete_webhook()


@pytest.fixture
async def watch(
    pipeline: Pipeline, hook: Webhook, seconds: Seconds, caplog: pytest.LogCaptureFixture
) -> WebhookWatch:
    """A watch that has looked once."""
    caplog.set_level(logging.INFO, logger="bot.receiving.webhook_watch")
    watch = WebhookWatch(pipeline.bot, hook, seconds)
    await watch.look()
    return watch


async def known(pipeline: Pipeline) -> Json:
    return (await pipeline.bot.webhook_info()).model_dump(exclude_none=True)


def registrations(local: LocalTelegram) -> int:
    return sum(call.method == "setWebhook" for call in local.calls)


async def test_a_webhook_that_was_deleted_is_registered_again_and_both_is_said_once(
    pipeline: Pipeline, watch: WebhookWatch, seconds: Seconds, caplog: pytest.LogCaptureFixture
) -> None:
    before = await known(pipeline)
    await pipeline.bot.delete_webhook()

    await watch.look()
    seconds.now += 100
    await watch.look()
    await watch.look()

    assert await known(pipeline) == before
    assert caplog.messages == [DELETED, "The webhook is as it was registered, after 100 s"]


@pytest.mark.parametrize(
    ("url", "changes", "said"),
    [
        ("https://elsewhere.example.org/hook", {}, "has set another URL"),
        (None, {"allowed_updates": ["message"]}, "has asked for other kinds of updates"),
        (None, {"max_connections": 1}, "has asked for other connections"),
        (None, {"certificate": b"-----BEGIN CERTIFICATE-----"}, "has set a certificate"),
    ],
    ids=["url", "kinds", "connections", "certificate"],
)
async def test_a_webhook_that_was_changed_is_registered_again(
    *,
    pipeline: Pipeline,
    watch: WebhookWatch,
    caplog: pytest.LogCaptureFixture,
    url: str | None,
    changes: Json,
    said: str,
) -> None:
    before = await known(pipeline)
    await pipeline.bot.set_webhook(
        url or before["url"],
        certificate=changes.get("certificate"),
        max_connections=changes.get("max_connections", MAX_CONNECTIONS),
        allowed_updates=changes.get("allowed_updates", ALLOWED_UPDATES),
        secret_token=SECRET,
    )

    await watch.look()

    assert await known(pipeline) == before
    [line] = caplog.messages
    assert said in line
    assert "elsewhere" not in line


async def test_what_a_server_does_not_tell_of_a_webhook_is_no_reason_to_register_it_again(
    pipeline: Pipeline, hook: Webhook
) -> None:
    url = (await pipeline.bot.webhook_info()).url

    assert hook.differs(WebhookInfo(url=url)) == ""


async def test_several_replicas_register_it_again_without_harm(
    pipeline: Pipeline, hook: Webhook, watch: WebhookWatch
) -> None:
    before = await known(pipeline)
    another = WebhookWatch(pipeline.bot, hook)
    await pipeline.bot.delete_webhook()

    await asyncio.gather(watch.look(), another.look())

    assert await known(pipeline) == before


async def test_two_programs_that_fight_for_the_webhook_do_so_less_and_less(
    pipeline: Pipeline,
    local: LocalTelegram,
    watch: WebhookWatch,
    seconds: Seconds,
    caplog: pytest.LogCaptureFixture,
) -> None:
    before = registrations(local)
    for _ in range(24 * 60 // 3):
        await pipeline.bot.delete_webhook()
        await watch.look()
        seconds.now += 3 * 60

    # At once, and then after about 3, 6, 12, 24, 48 and 60 minutes.
    assert 24 <= registrations(local) - before <= 60
    assert caplog.messages == [DELETED]

    before = registrations(local)
    for seconds_of_peace in (3 * LONGEST_SECONDS_BETWEEN_REGISTRATIONS, 3 * 60):
        seconds.now += seconds_of_peace
        await pipeline.bot.delete_webhook()
        await watch.look()
    assert registrations(local) == before + 2


async def test_a_webhook_that_telegram_does_not_take_again_is_said(
    pipeline: Pipeline, local: LocalTelegram, watch: WebhookWatch, caplog: pytest.LogCaptureFixture
) -> None:
    await pipeline.bot.delete_webhook()
    refusal = "Bad Request: bad webhook: failed to resolve host"
    local.faults.add(method="setWebhook", status=400, description=refusal)

    await watch.look()

    assert caplog.messages[0] == DELETED
    assert caplog.messages[1].startswith("The webhook can't be registered again: ")
    assert "failed to resolve host" in caplog.messages[1]


async def test_updates_that_can_not_be_delivered_are_one_line_and_their_delivery_another(
    *,
    local: LocalTelegram,
    pipeline: Pipeline,
    hook: Webhook,
    watch: WebhookWatch,
    seconds: Seconds,
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def has_failed() -> bool:
        return "last_error_date" in await known(pipeline)

    local.send_text(local.people[EMMA], EMMA, "/fridge")
    await wait_until(has_failed)
    await watch.look()
    seconds.now += 180
    await watch.look()
    seconds.now += 180
    await watch.look()

    # What went wrong before this program began is no news.
    await WebhookWatch(pipeline.bot, hook).look()
    assert caplog.messages == [
        "Telegram can't deliver updates to the webhook: Connection failed: ClientConnectorError",
        "Updates are delivered again, after 180 s",
    ]


async def test_a_proxy_that_asks_for_updates_to_come_again_is_told_of(
    *,
    local: LocalTelegram,
    pipeline: Pipeline,
    watch: WebhookWatch,
    unused_tcp_port: int,
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def refuse(_request: web.BaseRequest) -> web.Response:
        return web.Response(status=503)

    async def is_refused() -> bool:
        return "503" in (await known(pipeline)).get("last_error_message", "")

    async with serving_by(web.Server(refuse), unused_tcp_port):
        local.send_text(local.people[EMMA], EMMA, "/fridge")
        await wait_until(is_refused)
        await watch.look()

    [line] = caplog.messages
    assert line == (
        "Telegram can't deliver updates to the webhook: "
        "Wrong response from the webhook: 503 Service Unavailable"
    )


async def test_what_the_bot_itself_has_asked_to_come_again_is_not_worth_a_line(
    *,
    local: LocalTelegram,
    pipeline: Pipeline,
    hook: Webhook,
    watch: WebhookWatch,
    unused_tcp_port: int,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    caplog.set_level(logging.ERROR, logger="bot.sending.delivery")
    monkeypatch.setattr(webhook_module, "PATIENCE_SECONDS", 0.1)
    local.faults.add(method="sendMessage", retry_after=30)

    async def is_to_come_again() -> bool:
        return "503" in (await known(pipeline)).get("last_error_message", "")

    async with serving(hook, unused_tcp_port):
        local.send_text(local.people[EMMA], GROUP, "/add milk")
        await wait_until(is_to_come_again)
        await watch.look()
    assert caplog.messages == []

    # One that comes later is a proxy's.
    info = await pipeline.bot.webhook_info()
    later = info.model_copy(update={"last_error_date": (info.last_error_date or 0) + 60})

    async def webhook_info(_bot: BotApiClient) -> WebhookInfo:
        return later

    monkeypatch.setattr(BotApiClient, "webhook_info", webhook_info)
    caplog.set_level(logging.WARNING, logger="bot.receiving.webhook_watch")
    await watch.look()
    [line] = caplog.messages
    assert line.startswith("Telegram can't deliver updates to the webhook: ")
    assert "503" in line


async def test_updates_that_pile_up_are_one_line_and_that_they_become_fewer_another(
    local: LocalTelegram,
    watch: WebhookWatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def look_after(messages: int) -> None:
        for _ in range(messages):
            local.send_text(local.people[EMMA], EMMA, "/fridge")
        await watch.look()

    for messages in (1, 1, 1, 1):
        await look_after(messages)
    assert not any("more updates wait" in line for line in caplog.messages)
    for messages in (97, 1, 1):
        await look_after(messages)
    local.updates.confirm_all()
    await look_after(0)

    assert [line for line in caplog.messages if "wait" in line] == [
        "More and more updates wait at Telegram: the bot, or the way to it, is too slow",
        "The updates that wait become fewer, after 0 s",
    ]


async def test_a_server_that_does_not_get_updates_from_telegram_is_one_line(
    local: LocalTelegram, watch: WebhookWatch, caplog: pytest.LogCaptureFixture
) -> None:
    local.last_synchronization_error = local.now()
    await watch.look()
    await watch.look()

    assert caplog.messages == [
        "The Bot API server can't fetch updates from Telegram",
        "The Bot API server fetches updates again, after 0 s",
    ]


async def test_a_telegram_that_does_not_tell_is_a_line_for_each_cause_however_long(
    local: LocalTelegram, watch: WebhookWatch, caplog: pytest.LogCaptureFixture
) -> None:
    local.faults.add(method="getWebhookInfo", times=5, status=502)
    local.faults.add(method="getWebhookInfo", status=404, description="Not Found")
    for _ in range(7):
        await watch.look()

    away, unknown, again = caplog.messages
    assert away.startswith("Telegram does not tell how the webhook is: ")
    assert unknown.endswith("The server does not know getWebhookInfo")
    assert again == "Telegram tells of the webhook again, after 0 s"


async def test_it_looks_again_after_pauses_until_it_is_stopped(
    pipeline: Pipeline, hook: Webhook, local: LocalTelegram
) -> None:
    watch = WebhookWatch(pipeline.bot, hook, seconds_between_looks=0.4)
    stopping = asyncio.Event()
    began_at = time.monotonic()
    running = asyncio.create_task(watch.run(stopping))

    async def has_looked_three_times() -> bool:
        return sum(call.method == "getWebhookInfo" for call in local.calls) >= 3

    await wait_until(has_looked_three_times)
    took = time.monotonic() - began_at
    stopping.set()
    await asyncio.wait_for(running, 60)

    assert took > 0.39  # two pauses, each of which is at least half of the longest


async def test_it_ends_the_program_without_a_token(
    local: LocalTelegram, watch: WebhookWatch
) -> None:
    local.faults.add(method="getWebhookInfo", status=401)

    with pytest.raises(InvalidToken):
        await asyncio.wait_for(watch.run(asyncio.Event()), 60)
