"""Undo: it restores exactly what a change changed, once, and only as long as that makes sense."""

import aiohttp

from bot.features.services import Services
from local_telegram.server import LocalTelegramServer
from local_telegram.state.update_queue import PendingUpdate
from tests.bot.conversation import GROUP, Conversation
from tests.bot.running import new_pipeline, polling
from tests.conftest import Clock
from tests.db.tables import Tables
from tests.waiting import wait_until

EMMA = 1002
TOO_LATE = "I can't undo that any more: the fridge has changed since."


async def test_an_addition_and_a_removal_are_undone_and_what_was_there_before_stays(
    bot: Conversation, tables: Tables, clock: Clock
) -> None:
    await bot.say("emma", "/add eggs")
    [egg] = await tables.items(EMMA)
    clock.advance(minutes=10)
    added = await bot.say("emma", "/add milk, eggs, <b>quark</b>")
    removed = await bot.say("emma", "/remove eggs, tofu")
    clock.advance(minutes=10)

    [egg_back] = (await bot.tap("emma", removed, "↩ Undo")).messages
    [out_again] = (await bot.tap("emma", added, "↩ Undo")).messages

    assert egg_back.message_id == removed.message_id
    assert egg_back.text == "Undone. Back in: 🥚 egg\n3 items in the fridge now."
    assert out_again.text == "Undone. Out again: <b>quark</b>, 🥛 milk\n1 item in the fridge now."
    assert egg_back.buttons == out_again.buttons == {}
    assert await tables.items(EMMA) == [egg]


async def test_nothing_that_changed_nothing_can_be_undone(bot: Conversation) -> None:
    await bot.say("minji", "/add 우유")

    assert "↩ 되돌리기" not in (await bot.say("minji", "/add 우유")).buttons
    assert "↩ 되돌리기" not in (await bot.say("minji", "/remove 두부")).buttons


async def test_a_cleared_fridge_comes_back_as_it_was_after_a_restart_of_the_bot(
    telegram: LocalTelegramServer, services: Services, tables: Tables, clock: Clock, grace: float
) -> None:
    async with aiohttp.ClientSession(telegram.url) as session:
        bot = Conversation(session)
        async with new_pipeline(telegram, services, grace=grace) as pipeline, polling(pipeline):
            for first in range(0, 500, 50):
                clock.advance(seconds=1)
                names = ", ".join(f"thing {number}" for number in range(first, first + 50))
                await bot.say("emma", f"/add {names}")
            before = await tables.items(EMMA)
            question = await bot.say("emma", "/clear")
            [cleared] = (await bot.tap("emma", question, "Empty it")).messages
            assert await tables.items(EMMA) == []

        clock.advance(hours=2)
        async with new_pipeline(telegram, services, grace=grace) as pipeline, polling(pipeline):
            [back] = (await bot.tap("emma", cleared, "↩ Undo")).messages

    assert back.text.startswith("Undone. Back in: thing ")
    assert back.text.endswith(" more\n500 items in the fridge now.")
    assert len(before) == 500
    assert await tables.items(EMMA) == before


async def test_a_change_is_undone_once_whoever_taps_and_politely_declined_when_it_is_too_late(
    bot: Conversation, tables: Tables, clock: Clock
) -> None:
    added = await bot.say("emma", "/add milk, tofu", chat=GROUP)
    await bot.say("minji", "/remove 우유", chat=GROUP)
    assert (await bot.tap("emma", added, "↩ Undo")).notice == TOO_LATE
    assert len(await tables.items(GROUP)) == 1

    removed = await bot.say("emma", "/remove tofu", chat=GROUP)
    [undone] = (await bot.tap("minji", removed, "↩ Undo")).messages
    again = await bot.tap("emma", removed, "↩ Undo")

    assert undone.text == "되돌렸어요. 다시 넣었어요: 🥢 두부\n지금 냉장고에 재료가 1가지 있어요."
    assert (again.notice, again.messages) == ("That is undone already.", [])
    assert len(await tables.items(GROUP)) == 1

    removed = await bot.say("emma", "/remove tofu", chat=GROUP)
    clock.advance(hours=24)
    await bot.say("emma", "/fridge", chat=GROUP)
    gone = await bot.tap("emma", removed, "↩ Undo")
    assert gone.notice == "I can't undo that any more: I have forgotten that list."
    assert await tables.items(GROUP) == []


async def test_what_is_not_remembered_any_more_is_declined_with_that_reason(
    bot: Conversation, services: Services, clock: Clock
) -> None:
    added = await bot.say("emma", "/add milk")
    for _ in range(3):
        clock.advance(hours=20)
        await bot.say("emma", "/fridge")
    await services.handled_requests.forget_old(clock.now)

    late = await bot.tap("emma", added, "↩ Undo")

    assert late.notice == "I don't remember that change any more, so I can't undo it."
    assert late.messages == []


async def test_a_tap_that_is_delivered_again_does_nothing_more_and_is_answered_alike(
    bot: Conversation, telegram: LocalTelegramServer, tables: Tables
) -> None:
    local = telegram.telegram
    delivered: list[PendingUpdate] = []
    deliver = local.updates.on_added

    def note(update: PendingUpdate) -> None:
        delivered.append(update)
        deliver(update)

    local.updates.on_added = note

    async def come_again() -> str:
        """Delivers the last update under a new id; gives what the bot then makes of the list."""
        edits = len(edited())
        body = delivered[-1].body
        local.push_update({name: part for name, part in body.items() if name != "update_id"})

        async def is_answered() -> bool:
            return len(edited()) > edits

        await wait_until(is_answered)
        assert edited()[-1] == edited()[-2]
        return edited()[-1]

    def edited() -> list[str]:
        return [call.parameters["text"] for call in local.calls if call.method == "editMessageText"]

    await bot.say("emma", "/add milk, eggs, tofu")
    everything = await bot.say("emma", "/fridge")
    [without_milk] = (await bot.tap("emma", everything, "🥛 milk")).messages
    assert (await come_again()).startswith("Taken out: 🥛\u00a0milk\n")
    assert len(await tables.items(EMMA)) == 2

    await bot.tap("emma", without_milk, "↩ Undo: 🥛 milk")
    assert (await come_again()).startswith("Undone. Back in: 🥛\u00a0milk\n")
    assert len(await tables.items(EMMA)) == 3
