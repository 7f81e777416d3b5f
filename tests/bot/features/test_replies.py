"""A reply to a message with a thing is about that thing; native checklists are read."""

import pytest

from bot.receiving.wiring import Pipeline
from local_telegram.telegram import LocalTelegram
from tests.bot.conversation import GROUP, Conversation, seen
from tests.bot.running import polling
from tests.db.tables import Tables


@pytest.mark.parametrize(
    ("before", "reply", "answer"),
    [
        ("milk", "threw it out", "Taken out: 🥛 milk\n"),
        ("milk", "all gone", "Taken out: 🥛 milk\n"),
        ("eggs 10", "ate 2", "Left: 🥚 egg ×10 → ×8\n"),
        ("milk", "froze it", "Noted: 🥛 milk · freezer\n"),
        ("milk", "2", "Noted: 🥛 milk ×2\n"),
        ("milk 1", "2", "Shall I put this in? 🥛 milk ×2"),
        ("milk until 12/24", "until when?", "Until 24 Dec"),
    ],
)
async def test_a_reply_means_the_thing_of_the_message(
    bot: Conversation, before: str, reply: str, answer: str
) -> None:
    await bot.say("emma", "/add tofu")
    said = await bot.say("emma", before)
    answered = await bot.say("emma", reply, reply_to=said.message_id)
    assert answered.text.startswith(answer)


@pytest.mark.parametrize(
    ("before", "reply", "answer"),
    [
        ("우유", "다 먹었어", "뺐어요: 🥛 우유\n"),
        ("우유", "이거 다 썼어요", "뺐어요: 🥛 우유\n"),
        ("계란 10개", "2개 먹었어", "남은 양: 🥚 계란 10개 → 8개\n"),
        ("우유", "2개", "적어 두었어요: 🥛 우유 2개\n"),
    ],
)
async def test_a_korean_reply_means_the_thing_of_the_message(
    bot: Conversation, before: str, reply: str, answer: str
) -> None:
    await bot.say("minji", "/add 두부")
    said = await bot.say("minji", before)
    answered = await bot.say("minji", reply, reply_to=said.message_id)
    assert answered.text.startswith(answer)
    # One's own message has the thing too.
    assert (await bot.say("minji", "언제까지야?", reply_to=said.message_id - 1)).text


async def test_a_quoted_part_of_the_list_is_meant(bot: Conversation, tables: Tables) -> None:
    await bot.say("emma", "/add milk, eggs, tofu, oat milk")
    shown = await bot.say("emma", "/fridge")
    gone = await bot.say("emma", "all gone", reply_to=shown.message_id, quote="🥛 milk")
    assert gone.text.startswith("Taken out: 🥛 milk\n")
    several = await bot.say("emma", "all gone", reply_to=shown.message_id)
    assert several.text.startswith("Shall I take this out? ")
    assert len(await tables.items(1002)) == 3


async def test_a_reply_with_a_thing_of_its_own_means_that_one(bot: Conversation) -> None:
    said = await bot.say("emma", "milk, eggs")
    taken = await bot.say("emma", "threw out the eggs", reply_to=said.message_id)
    assert taken.text.startswith("Taken out: 🥚 egg\n")
    thanks = await bot.say("emma", "thanks!", reply_to=said.message_id)
    assert "egg" not in thanks.text


async def test_in_a_group_a_reply_to_the_bot_means_the_thing(bot: Conversation) -> None:
    said = await bot.say("emma", "/add milk", chat=GROUP)
    gone = await bot.say("minji", "다 먹었어", chat=GROUP, reply_to=said.message_id)
    assert "우유" in gone.text or "milk" in gone.text


@pytest.mark.usefixtures("bot")
async def test_a_checklist_is_offered_and_done_tasks_are_chosen(
    local: LocalTelegram, tables: Tables
) -> None:
    emma = local.people[1002]
    after = local.events.last_id
    local.send_checklist(emma, 1002, "Shopping", ["milk 2", "eggs", "quark"], ["milk 2", "quark"])
    offer = await local.wait_for_message(1002, after_event=after)
    assert seen(offer["text"]).startswith(
        "2 things in the list: 🥛 milk ×2, quark\nNew to me: quark\nStays out: 🥚 egg\n"
    )
    after = local.events.last_id
    sent = local.send_checklist(emma, 1002, "Party", ["tofu", "call mum"], [])
    whole = await local.wait_for_message(1002, after_event=after)
    assert seen(whole["text"]).startswith("2 things in the list: 🥢 tofu, call mum\n")

    after = local.events.last_id
    local.tick(emma, 1002, sent["message_id"], ["call mum"])  # no food: nothing is said
    local.tick(emma, 1002, sent["message_id"], ["tofu"])
    bought = await local.wait_for_message(1002, after_event=after)
    assert seen(bought["text"]) == "1 thing in the list: 🥢 tofu\n\nShall I put this in?"
    assert await tables.session(1002) is None


async def test_a_checklist_in_a_group_is_between_people(
    bot: Conversation, local: LocalTelegram
) -> None:
    local.send_checklist(local.people[1002], GROUP, "Chores", ["milk"], [])
    answer = await bot.say("emma", "/add eggs", chat=GROUP)
    assert answer.text.startswith("Added: 🥚 egg")


async def test_the_answer_to_a_message_that_is_deleted_meanwhile_is_sent_without_a_quote(
    local: LocalTelegram, pipeline: Pipeline
) -> None:
    asked = local.send_text(local.people[1002], GROUP, "/add milk")
    local.delete_message(local.chat(GROUP), asked["message_id"])

    async with polling(pipeline):
        answer = await local.wait_for_message(GROUP)

    assert seen(answer["text"]).startswith("Added: 🥛 milk")
    assert "reply_to_message" not in answer
