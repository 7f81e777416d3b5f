from tests.bot.conversation import Conversation
from tests.conftest import Clock


async def test_keeping_lets_the_fridge_live_for_24_hours_more(
    bot: Conversation, clock: Clock
) -> None:
    await bot.say("emma", "/add milk, eggs")
    clock.advance(hours=23)

    reply = await bot.say("emma", "/keep")

    assert reply.text == "Kept for another 24 hours, with 2 items."
    clock.advance(hours=23)
    assert "milk" in (await bot.say("emma", "/fridge")).text


async def test_there_is_nothing_to_keep_without_a_fridge(bot: Conversation) -> None:
    reply = await bot.say("minji", "/keep")

    assert reply.text == "아직 기억할 재료가 없어요. 이렇게 넣어 보세요: /add 우유, 계란"
