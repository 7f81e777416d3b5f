"""An edited message corrects what it did, in one answer, in place of the first one."""

import aiohttp

from bot.features.services import Services
from local_telegram.server import LocalTelegramServer
from local_telegram.telegram import LocalTelegram
from tests.bot.conversation import GROUP, Conversation, Said
from tests.bot.running import new_pipeline, webhook
from tests.db.tables import Tables


async def edit(
    bot: Conversation, person: str, asked: int, text: str, chat: int | None = None
) -> Said:
    return await bot.say(person, text, edit=asked, chat=chat)


async def test_the_first_effect_is_undone_and_the_new_one_done_in_place(
    bot: Conversation,
) -> None:
    answer = await bot.say("emma", "milk 2")
    asked = answer.message_id - 1

    corrected = await edit(bot, "emma", asked, "eggs 3")

    assert corrected.message_id == answer.message_id  # edited, not sent anew
    assert corrected.text == (
        "Undone. Out again: 🥛 milk ×2\nAdded: 🥚 egg ×3\n1 item in the fridge now."
    )
    second = await edit(bot, "emma", asked, "eggs 4")
    assert second.text == (
        "Undone. Out again: 🥚 egg ×3\nAdded: 🥚 egg ×4\n1 item in the fridge now."
    )
    [undone] = (await bot.tap("emma", second, "↩ Undo")).messages
    assert undone.text == "Undone. Out again: 🥚 egg ×4\nThe fridge is empty now."
    # What somebody has undone is not undone again.
    again = await edit(bot, "emma", asked, "eggs 5")
    assert again.text == "Added: 🥚 egg ×5\n1 item in the fridge now."


async def test_a_korean_message_is_corrected(bot: Conversation) -> None:
    answer = await bot.say("minji", "우유 2개")
    corrected = await edit(bot, "minji", answer.message_id - 1, "두유 2개")
    assert corrected.text.startswith("되돌렸어요. 다시 뺐어요: 🥛 우유 2개\n넣었어요: ")


async def test_taking_out_is_corrected_and_so_is_a_command(bot: Conversation) -> None:
    await bot.say("emma", "/add eggs 10, milk")
    answer = await bot.say("emma", "ate 2 eggs")
    asked = answer.message_id - 1
    corrected = await edit(bot, "emma", asked, "ate 3 eggs")
    assert corrected.text.startswith("Undone. As before: 🥚 egg ×8 → ×10\n")
    assert "×7" in corrected.text
    command = await edit(bot, "emma", asked, "/remove milk")
    assert command.text == (
        "Undone. As before: 🥚 egg ×7 → ×10\nTaken out: 🥛 milk\n1 item in the fridge now."
    )


async def test_several_acts_are_undone_together(bot: Conversation) -> None:
    await bot.say("emma", "/add tofu")
    answer = await bot.say("emma", "bought milk and ate the tofu")
    corrected = await edit(bot, "emma", answer.message_id - 1, "bought eggs")
    assert "Out again: 🥛 milk" in corrected.text
    assert "Back in: " in corrected.text
    assert corrected.text.endswith("Added: 🥚 egg\n2 items in the fridge now.")


async def test_an_edit_of_a_message_that_did_nothing_is_like_a_new_message(
    bot: Conversation,
) -> None:
    answer = await bot.say("emma", "do we have milk?")
    asked = answer.message_id - 1
    done = await edit(bot, "emma", asked, "bought milk")
    assert done.text == "Added: 🥛 milk\n1 item in the fridge now."
    assert done.message_id == answer.message_id


async def test_an_edit_that_is_not_understood_changes_nothing(bot: Conversation) -> None:
    answer = await bot.say("emma", "milk")
    asked = answer.message_id - 1
    unclear = await edit(bot, "emma", asked, "the thing with the stuff is so so")
    assert unclear.text.endswith("\nWhat this message did before stays.")
    [undone] = (await bot.tap("emma", unclear, "↩ Undo")).messages
    assert undone.text.startswith("Undone. Out again: 🥛 milk")


async def test_an_edit_that_says_that_it_was_not_so_undoes(bot: Conversation) -> None:
    answer = await bot.say("emma", "bought milk")
    corrected = await edit(bot, "emma", answer.message_id - 1, "did not buy milk")
    assert corrected.text == "Undone. Out again: 🥛 milk\nThe fridge is empty now."


async def test_what_was_used_up_since_is_asked_about(bot: Conversation) -> None:
    answer = await bot.say("emma", "milk")
    asked = answer.message_id - 1
    await bot.say("emma", "/remove milk")

    question = await edit(bot, "emma", asked, "oat milk")

    assert question.text.startswith(
        "I can't take back what this message did: the fridge has changed since.\n"
    )
    [done] = (await bot.tap("emma", question, "Put it in")).messages
    assert done.text.startswith("Added: ")


async def test_a_change_that_is_no_edit_changes_nothing(
    bot: Conversation, local: LocalTelegram
) -> None:
    answer = await bot.say("emma", "milk 2")
    asked = answer.message_id - 1
    local.show_preview(1002, asked)
    await edit(bot, "emma", asked, "milk 3")
    taken = await bot.say("emma", "drank 1 milk")
    assert "×3 → ×2" in taken.text
    local.show_preview(1002, asked)  # with the date of the edit, which is known
    again = await bot.say("emma", "drank 1 milk")
    assert "×2 → ×1" in again.text


async def test_in_a_group_an_edit_is_about_what_the_bot_did(bot: Conversation) -> None:
    answer = await bot.say("emma", "/add milk", chat=GROUP)
    asked = answer.message_id - 1
    corrected = await edit(bot, "emma", asked, "/add eggs", chat=GROUP)
    assert corrected.text.startswith("Undone. Out again: 🥛 milk\nAdded: 🥚 egg")


async def test_over_a_webhook_an_edit_is_answered_by_a_message(
    telegram: LocalTelegramServer, services: Services, unused_tcp_port: int
) -> None:
    async with (
        new_pipeline(telegram, services) as pipeline,
        webhook(pipeline, unused_tcp_port),
        aiohttp.ClientSession(telegram.url) as session,
    ):
        bot = Conversation(session)
        answer = await bot.say("emma", "milk 2")
        corrected = await edit(bot, "emma", answer.message_id - 1, "milk 3")
        assert "Added: 🥛 milk ×3" in corrected.text


async def test_an_edit_that_is_delivered_again_after_a_later_one_leaves_that_one(
    bot: Conversation, local: LocalTelegram
) -> None:
    answer = await bot.say("emma", "milk 2")
    asked = answer.message_id - 1
    await edit(bot, "emma", asked, "milk 3")
    first = local.history.find(1002, asked)
    assert first is not None
    body = dict(first.body)
    await edit(bot, "emma", asked, "milk 4")
    local.updates.push("edited_message", body)

    # It is answered as it was the first time.
    [*_, taken] = await bot.hear("emma", "drank 1 milk")

    assert "×4 → ×3" in taken.text


async def test_the_list_of_an_edited_message_is_shown_anew(
    bot: Conversation, tables: Tables
) -> None:
    offer = await bot.say("emma", "/import milk, eggs")
    asked = offer.message_id - 1
    other = await edit(bot, "emma", asked, "/import milk, tofu")
    assert other.text.startswith("2 things in the list: 🥛 milk, 🥢 tofu")
    [done] = (await bot.tap("emma", other, "Put all in")).messages
    assert done.text.startswith("Added: 🥛 milk, 🥢 tofu")

    again = await edit(bot, "emma", asked, "/import milk")
    assert again.text.startswith("Undone. Out again: 🥛 milk, 🥢 tofu\n1 thing in the list: ")
    assert await tables.items(1002) == []
