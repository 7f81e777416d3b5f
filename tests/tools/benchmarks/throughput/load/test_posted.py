import asyncio
import json
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager

from aiohttp import web

from tests.waiting import wait_until
from tools.benchmarks.throughput.load.ledger import Answer, Ledger
from tools.benchmarks.throughput.load.mix import Sent
from tools.benchmarks.throughput.load.posted import Posted

SECRET = "hush"
AT_ONCE = 8


class Hook:
    """A bot's webhook: answers in the response, if it replies, as soon as it is let go."""

    def __init__(self, *, replies: bool = True, status: int = 200) -> None:
        self.under_way: list[int] = []
        self.most_under_way = 0
        self.came: list[int] = []
        self.go = asyncio.Event()
        self.full = asyncio.Event()
        self.replies = replies
        self.status = status

    async def handle(self, request: web.Request) -> web.Response:
        assert request.headers["X-Telegram-Bot-Api-Secret-Token"] == SECRET
        message = (await request.json())["message"]
        chat_id = message["chat"]["id"]
        assert chat_id not in self.under_way, "two of one chat at once"
        self.under_way.append(chat_id)
        self.came.append(message["message_id"])
        self.most_under_way = max(self.most_under_way, len(self.under_way))
        if len(self.under_way) == AT_ONCE:
            self.full.set()
        await self.go.wait()
        self.under_way.remove(chat_id)
        if not self.replies or self.status != 200:
            return web.Response(status=self.status)
        body = {"method": "sendMessage", "chat_id": chat_id, "text": message["text"]}
        return web.json_response(body)


@asynccontextmanager
async def posting(hook: Hook, ledger: Ledger, updates: list[bytes]) -> AsyncGenerator[Posted]:
    application = web.Application()
    application.add_routes([web.post("/hook", hook.handle)])
    runner = web.AppRunner(application)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    feed = Posted(ledger, updates, url=url, secret=SECRET, at_once=AT_ONCE)
    await feed.start()
    yield feed
    feed.close()
    await runner.cleanup()


async def until(condition: Callable[[], bool]) -> None:
    async def holds() -> bool:
        return condition()

    await wait_until(holds)


async def test_so_many_are_under_way_and_all_are_answered(
    sent: list[Sent], ledger: Ledger, updates: list[bytes]
) -> None:
    hook = Hook()
    async with posting(hook, ledger, updates) as feed:
        await hook.full.wait()
        assert ledger.unanswered == AT_ONCE
        hook.go.set()
        await until(lambda: ledger.answered == len(updates))
        assert feed.is_over
    assert hook.most_under_way == AT_ONCE
    assert sorted(hook.came) == [each.message_id for each in sent]
    assert ledger.faults == []


async def test_the_updates_of_a_chat_come_one_after_the_other(updates: list[bytes]) -> None:
    hook = Hook()
    hook.go.set()
    one_chat = [json.loads(update) for update in updates]
    for update in one_chat:
        update["message"]["chat"]["id"] = 7
    ledger = Ledger([7] * len(updates))
    async with posting(hook, ledger, [json.dumps(update).encode() for update in one_chat]):
        await until(lambda: ledger.answered == len(updates))
    assert hook.most_under_way == 1
    assert hook.came == sorted(hook.came)


async def test_an_update_is_under_way_until_it_is_answered_by_a_call(
    ledger: Ledger, updates: list[bytes]
) -> None:
    hook = Hook(replies=False)
    hook.go.set()
    async with posting(hook, ledger, updates) as feed:
        await until(lambda: len(hook.came) == AT_ONCE and not hook.under_way)
        assert ledger.unanswered == AT_ONCE
        ledger.answer(ledger.chat_ids[0], Answer(b"", b""))
        await until(lambda: len(hook.came) == AT_ONCE + 1)
        feed.stop()
        ledger.answer(ledger.chat_ids[1], Answer(b"", b""))
        assert ledger.unanswered == AT_ONCE - 1


async def test_a_refusal_is_a_fault(ledger: Ledger, updates: list[bytes]) -> None:
    hook = Hook(status=503)
    hook.go.set()
    async with posting(hook, ledger, updates):
        await until(lambda: len(ledger.faults) == AT_ONCE)
    assert set(ledger.faults) == {"a post answered by HTTP/1.1 503"}
    assert ledger.answered == 0
