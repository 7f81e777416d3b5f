import asyncio
from collections.abc import AsyncIterator

import pytest
from telegram import Bot, Update
from telegram.error import Conflict, InvalidToken

from tests.tools.benchmarks.throughput.conftest import FIRST_ID
from tools.benchmarks.throughput.load.ledger import Ledger
from tools.benchmarks.throughput.load.polled import Polled
from tools.benchmarks.throughput.load.stand_in import TOKEN, StandIn

AT_ONCE = 64


@pytest.fixture
async def bot(ledger: Ledger, updates: list[bytes]) -> AsyncIterator[Bot]:
    feed = Polled(ledger, updates, first_id=FIRST_ID, at_once=AT_ONCE)
    async with StandIn(ledger, feed.poll) as api, Bot(TOKEN, base_url=f"{api.url}/bot") as bot:
        yield bot


def ids(updates: tuple[Update, ...]) -> list[int]:
    return [update.update_id for update in updates]


async def answer(bot: Bot, updates: tuple[Update, ...]) -> None:
    for update in updates:
        assert update.effective_chat
        message = await bot.send_message(update.effective_chat.id, "Added: milk")
        assert message.chat.id == update.effective_chat.id


async def test_a_poll_gets_a_hundred_and_the_same_again_until_an_offset_confirms_them(
    bot: Bot, ledger: Ledger
) -> None:
    first = await bot.get_updates(timeout=0)
    assert ids(first) == list(range(FIRST_ID, FIRST_ID + 100))
    await answer(bot, first)
    assert ids(await bot.get_updates(timeout=0)) == ids(first)
    assert ids(await bot.get_updates(offset=FIRST_ID + 40, timeout=0))[0] == FIRST_ID + 40
    second = await bot.get_updates(offset=FIRST_ID + 140, timeout=0)
    assert ids(second) == list(range(FIRST_ID + 140, FIRST_ID + 240))
    assert ledger.answered == 100
    assert ledger.faults == []


async def test_a_limit_is_kept(bot: Bot) -> None:
    assert len(await bot.get_updates(limit=3, timeout=0)) == 3


async def test_nothing_comes_while_too_much_is_unanswered(bot: Bot) -> None:
    batch = await bot.get_updates(timeout=0)
    await answer(bot, batch[: 100 - AT_ONCE])
    assert await bot.get_updates(offset=FIRST_ID + 100, timeout=0) == ()
    waiting = asyncio.create_task(bot.get_updates(offset=FIRST_ID + 100, timeout=20))
    await answer(bot, batch[100 - AT_ONCE : 101 - AT_ONCE])
    assert ids(await waiting) == list(range(FIRST_ID + 100, FIRST_ID + 200))


async def test_a_poll_that_waits_is_ended_by_another_one(bot: Bot) -> None:
    await bot.get_updates(timeout=0)
    async with Bot(TOKEN, base_url=bot.base_url.removesuffix(TOKEN)) as other:
        waiting = asyncio.create_task(other.get_updates(offset=FIRST_ID + 100, timeout=20))
        while not waiting.done():
            assert await bot.get_updates(offset=FIRST_ID + 100, timeout=0) == ()
        with pytest.raises(Conflict):
            await waiting


async def test_an_answer_to_nothing_and_an_unknown_call_are_noted(bot: Bot, ledger: Ledger) -> None:
    await bot.send_message(7, "hello")
    with pytest.raises(InvalidToken):  # what python-telegram-bot makes of Not Found
        await bot.send_dice(7)
    assert ledger.faults == ["an answer to nothing", "an unexpected call of sendDice"]


async def test_a_bot_learns_which_webhook_is_set(bot: Bot, ledger: Ledger) -> None:
    url = "https://bot.example.org/webhook"
    assert (await bot.get_webhook_info()).url == ""
    await bot.set_webhook(url)
    assert (await bot.get_webhook_info()).url == url
    await bot.delete_webhook()
    assert (await bot.get_webhook_info()).url == ""
    assert ledger.faults == []
