import asyncio
import gc
import json
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from aiohttp import web
from telegram import Bot

from local_telegram.protocol.json_values import Json
from local_telegram.state.people import Person
from local_telegram.state.update_queue import PendingUpdate
from local_telegram.telegram import LocalTelegram
from tests.local_telegram.conftest import CallServer, Sleeps

Answer = Callable[[web.Request, Json], Awaitable[web.Response]]


class Receiver:
    """A web server that gets updates; `answer` may be replaced."""

    def __init__(self) -> None:
        self.updates: asyncio.Queue[Json] = asyncio.Queue()
        self.secrets: list[str | None] = []
        self.url = ""
        self.answer: Answer = accept

    async def handle(self, request: web.Request) -> web.Response:
        update: Json = json.loads(await request.read())
        self.secrets.append(request.headers.get("X-Telegram-Bot-Api-Secret-Token"))
        self.updates.put_nowait(update)
        return await self.answer(request, update)

    async def next_text(self) -> str:
        update = await asyncio.wait_for(self.updates.get(), 60)
        return str(update["message"]["text"])


async def accept(_request: web.Request, _update: Json) -> web.Response:
    return web.Response()


def refuse(times: int, **response: object) -> Answer:
    """Answer 500 (or what else is said) that often, then accept."""
    left = times
    headers = {"Retry-After": str(response["retry_after"])} if response else {}

    async def answer(_request: web.Request, _update: Json) -> web.Response:
        nonlocal left
        left -= 1
        return web.Response(status=500, headers=headers) if left >= 0 else web.Response()

    return answer


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    receiver = Receiver()
    application = web.Application()
    application.add_routes([web.post("/updates", receiver.handle)])
    runner = web.AppRunner(application, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    receiver.url = f"http://127.0.0.1:{runner.addresses[0][1]}/updates"
    yield receiver
    await runner.cleanup()


async def everything_confirmed(telegram: LocalTelegram) -> None:
    await asyncio.wait_for(telegram.updates.confirmed(telegram.updates.last_id), 60)


async def test_updates_are_posted_with_the_secret(
    telegram: LocalTelegram, minji: Person, call: CallServer, receiver: Receiver
) -> None:
    telegram.send_text(minji, minji.id, "before")
    was_set = await call("setWebhook", url=receiver.url, secret_token="s3cret")
    assert was_set == {"ok": True, "result": True, "description": "Webhook was set"}
    telegram.send_text(minji, minji.id, "after")
    assert [await receiver.next_text(), await receiver.next_text()] == ["before", "after"]
    assert receiver.secrets == ["s3cret", "s3cret"]
    await everything_confirmed(telegram)
    info = (await call("getWebhookInfo"))["result"]
    assert (info["url"], info["pending_update_count"]) == (receiver.url, 0)


async def test_what_is_known_of_a_webhook_is_what_was_set(
    telegram: LocalTelegram, bot: Bot, call: CallServer, receiver: Receiver
) -> None:
    unset = {"url": "", "has_custom_certificate": False, "pending_update_count": 0}
    assert (await call("getWebhookInfo"))["result"] == unset
    telegram.last_synchronization_error = 1_772_366_400
    await bot.set_webhook(
        receiver.url,
        certificate=b"-----BEGIN CERTIFICATE-----",
        ip_address="127.0.0.1",
        max_connections=7,
        allowed_updates=["message", "callback_query"],
    )
    assert (await call("getWebhookInfo"))["result"] == {
        "url": receiver.url,
        "has_custom_certificate": True,
        "pending_update_count": 0,
        "ip_address": "127.0.0.1",
        "last_synchronization_error_date": 1_772_366_400,
        "max_connections": 7,
        "allowed_updates": ["callback_query", "message"],
    }


async def test_pending_updates_can_be_dropped(
    telegram: LocalTelegram, minji: Person, call: CallServer, receiver: Receiver
) -> None:
    telegram.send_text(minji, minji.id, "before")
    await call("setWebhook", url=receiver.url, drop_pending_updates=True)
    telegram.send_text(minji, minji.id, "after")
    assert await receiver.next_text() == "after"


async def test_a_failed_update_is_sent_again_with_growing_waits(
    telegram: LocalTelegram, minji: Person, call: CallServer, receiver: Receiver, sleeps: Sleeps
) -> None:
    receiver.answer = refuse(9)
    await call("setWebhook", url=receiver.url)
    telegram.send_text(minji, minji.id, "hello")
    assert [await receiver.next_text() for _ in range(10)] == ["hello"] * 10
    await everything_confirmed(telegram)
    assert sleeps.seconds[:6] == [2, 4, 8, 16, 32, min(64, sleeps.seconds[5])]
    assert all(60 <= seconds <= 120 for seconds in sleeps.seconds[5:])
    info = (await call("getWebhookInfo"))["result"]
    assert info["last_error_message"].startswith("Wrong response from the webhook: 500")


async def test_retry_after_replaces_the_wait(
    telegram: LocalTelegram, minji: Person, call: CallServer, receiver: Receiver, sleeps: Sleeps
) -> None:
    receiver.answer = refuse(2, retry_after=7200)
    await call("setWebhook", url=receiver.url)
    telegram.send_text(minji, minji.id, "hello")
    await everything_confirmed(telegram)
    assert sleeps.seconds == [3600, 3600]


async def test_a_request_that_takes_too_long_is_sent_again(
    telegram: LocalTelegram, minji: Person, call: CallServer, receiver: Receiver
) -> None:
    telegram.webhook_timeout = 0.05
    released = asyncio.Event()

    async def hang_once(_request: web.Request, _update: Json) -> web.Response:
        receiver.answer = accept
        await released.wait()
        return web.Response()

    receiver.answer = hang_once
    await call("setWebhook", url=receiver.url)
    telegram.send_text(minji, minji.id, "hello")
    assert [await receiver.next_text(), await receiver.next_text()] == ["hello", "hello"]
    await everything_confirmed(telegram)
    released.set()


async def test_a_chat_waits_for_its_previous_update_while_others_go_on(
    telegram: LocalTelegram, minji: Person, emma: Person, call: CallServer, receiver: Receiver
) -> None:
    released = asyncio.Event()

    async def hold_minji(_request: web.Request, update: Json) -> web.Response:
        if update["message"]["text"] == "first":
            await released.wait()
        return web.Response()

    receiver.answer = hold_minji
    await call("setWebhook", url=receiver.url)
    telegram.send_text(minji, minji.id, "first")
    assert await receiver.next_text() == "first"
    telegram.send_text(minji, minji.id, "second")
    telegram.send_text(emma, emma.id, "other")
    assert await receiver.next_text() == "other"
    assert receiver.updates.empty()
    released.set()
    assert await receiver.next_text() == "second"


async def test_what_is_confirmed_is_forgotten_although_an_earlier_update_is_stuck(
    telegram: LocalTelegram, minji: Person, emma: Person, call: CallServer, receiver: Receiver
) -> None:
    released = asyncio.Event()

    async def hold_minji(_request: web.Request, update: Json) -> web.Response:
        if update["message"]["text"] == "stuck":
            await released.wait()
        return web.Response()

    receiver.answer = hold_minji
    await call("setWebhook", url=receiver.url)
    telegram.send_text(minji, minji.id, "stuck")
    for number in range(20):
        telegram.send_text(emma, emma.id, f"a word of emma, {number}")
    await everything_confirmed(telegram)
    assert telegram.updates.pending_count == 1
    gc.collect()
    kept = [str(found.body) for found in gc.get_objects() if type(found) is PendingUpdate]
    assert len([body for body in kept if "a word of emma" in body]) <= 1
    released.set()


async def test_at_most_max_connections_requests_run_at_once(
    telegram: LocalTelegram, minji: Person, emma: Person, call: CallServer, receiver: Receiver
) -> None:
    running = most = 0

    async def measure(_request: web.Request, _update: Json) -> web.Response:
        nonlocal running, most
        running += 1
        most = max(most, running)
        await asyncio.sleep(0)
        running -= 1
        return web.Response()

    receiver.answer = measure
    await call("setWebhook", url=receiver.url, max_connections=1)
    for person in (minji, emma) * 5:
        telegram.send_text(person, person.id, "hello")
    for _ in range(10):
        await receiver.next_text()
    assert most == 1


async def test_a_call_in_the_response_is_done_unless_it_is_a_get(
    telegram: LocalTelegram, minji: Person, call: CallServer, receiver: Receiver
) -> None:
    async def reply(_request: web.Request, update: Json) -> web.Response:
        method = update["message"]["text"]
        return web.json_response({"method": method, "chat_id": minji.id, "text": "hi"})

    receiver.answer = reply
    await call("setWebhook", url=receiver.url)
    for method in ("getMe", "deleteWebhook", "sendMessage"):
        telegram.send_text(minji, minji.id, method)
    assert (await telegram.wait_for_message(minji.id))["text"] == "hi"
    assert [made.method for made in telegram.calls] == ["setWebhook", "sendMessage"]


async def test_polling_and_a_webhook_exclude_each_other(
    telegram: LocalTelegram, minji: Person, call: CallServer, receiver: Receiver
) -> None:
    poll = asyncio.create_task(call("getUpdates", timeout=30))
    await asyncio.wait({poll}, timeout=0.1)
    await call("setWebhook", url=receiver.url)
    ended = await asyncio.wait_for(poll, 60)
    assert ended["description"] == "Conflict: terminated by setWebhook request"
    refused = await call("getUpdates")
    assert refused["error_code"] == 409
    assert refused["description"] == (
        "Conflict: can't use getUpdates method while webhook is active; "
        "use deleteWebhook to delete the webhook first"
    )
    assert (await call("deleteWebhook"))["description"] == "Webhook was deleted"
    telegram.send_text(minji, minji.id, "hello")
    assert len((await call("getUpdates"))["result"]) == 1


@pytest.mark.parametrize(
    ("parameters", "description"),
    [
        (
            {"url": "http://example.com/"},
            "bad webhook: An HTTPS URL must be provided for webhook",
        ),
        (
            {"url": "http://127.0.0.1:1/", "secret_token": "a b"},
            "secret token contains unallowed characters",
        ),
        (
            {"url": "http://127.0.0.1:1/", "secret_token": "a" * 257},
            "secret token is too long",
        ),
    ],
)
async def test_a_wrong_webhook_is_refused(
    call: CallServer, parameters: Json, description: str
) -> None:
    refused = await call("setWebhook", **parameters)
    assert refused["description"] == f"Bad Request: {description}"
