"""Forums: groups with topics, in which each answer stays in the topic of its question."""

from collections.abc import Sequence
from typing import Any, Final

import pytest

from bot.conversation.requests import read_message
from bot.features.guide import views as guide
from bot.receiving.wiring import Pipeline
from bot.sending.reply_calls import reply_calls
from bot.telegram.updates import Message
from local_telegram.state.chats import Chat
from local_telegram.telegram import LocalTelegram
from tests.bot.conftest import ADMIN_ID
from tests.bot.conversation import Conversation, Document
from tests.conftest import Clock

FORUM: Final = -1_000_000_007_001
MINJI: Final = 1001


@pytest.fixture
def forum(local: LocalTelegram) -> Chat:
    return local.add_group(FORUM, "Family", local.people.values())


@pytest.fixture
def topic(local: LocalTelegram, forum: Chat) -> int:
    return local.create_topic(local.people[MINJI], forum.id, "Kitchen")


def topics(local: LocalTelegram) -> Sequence[int | None]:
    """The topic of each of the bot's messages in the forum."""
    return [
        message.get("message_thread_id")
        for message in local.messages(FORUM)
        if message["from"]["id"] == local.bot.id
    ]


async def test_answers_questions_files_and_offers_are_in_the_topic(
    bot: Conversation, local: LocalTelegram, topic: int
) -> None:
    for text in ("/add milk, eggs", "/fridge", "/add", "/clear", "/foo@fridge_bot"):
        await bot.say("emma", text, chat=FORUM, topic=topic)
    assert len(await bot.hear("emma", "/export", chat=FORUM, topic=topic)) == 2

    assert topics(local) == [topic] * 7


async def test_a_reply_to_the_bot_is_answered_in_its_topic(
    bot: Conversation, local: LocalTelegram, topic: int
) -> None:
    question = await bot.say("emma", "/add", chat=FORUM, topic=topic)
    await bot.say("minji", "우유", chat=FORUM, reply_to=question.message_id)
    file = Document("list.csv", b"milk\n")
    await bot.say("minji", chat=FORUM, document=file, reply_to=question.message_id)

    assert topics(local) == [topic] * 3


async def test_what_a_tap_sends_is_in_the_topic(
    bot: Conversation, local: LocalTelegram, topic: int
) -> None:
    greeting = await bot.say("emma", "/start", chat=FORUM, topic=topic)
    await bot.tap("minji", greeting, "🧊 Show the fridge")
    await bot.tap("minji", greeting, "➕ Put something in")
    fridge = await bot.say("emma", "/add milk", chat=FORUM, topic=topic)
    # The message can't be edited any more, so that the answer is a new one.
    local.faults.add(
        method="editMessageText",
        times=1,
        status=400,
        description="Bad Request: message can't be edited",
    )
    await bot.tap("minji", fridge, "↩ Undo")

    assert topics(local) == [topic] * 5


async def test_outside_topics_answers_name_none(
    bot: Conversation, local: LocalTelegram, topic: int
) -> None:
    await bot.say("emma", "/add milk", chat=FORUM)

    assert topic
    assert topics(local) == [None]


async def test_what_the_group_hears_of_an_answer_in_private_is_in_the_topic(
    bot: Conversation, local: LocalTelegram, topic: int
) -> None:
    said = await bot.say("admin", "/stats@fridge_bot", chat=FORUM, topic=topic)

    assert said.chat == FORUM
    assert topics(local) == [topic]
    assert any(message["from"]["id"] == local.bot.id for message in local.messages(ADMIN_ID))


async def test_a_topic_that_is_gone_takes_no_answer_and_is_no_failure(
    bot: Conversation, local: LocalTelegram, topic: int
) -> None:
    local.chat(FORUM).topics.add(topic + 1)
    local.faults.add(
        method="sendMessage",
        times=1,
        status=400,
        description="Bad Request: message thread not found",
    )

    assert await bot.hear("emma", "/add milk", chat=FORUM, topic=topic + 1) == []

    assert "2 items" in (await bot.say("emma", "/add eggs", chat=FORUM, topic=topic)).text
    assert "⚠" not in (await bot.say("admin", "/stats")).text


async def test_a_thread_of_replies_outside_forums_is_no_topic(
    pipeline: Pipeline, clock: Clock
) -> None:
    def parameters(**more: object) -> Any:  # noqa: ANN401 (of the call)
        message = Message.model_validate(
            {
                "message_id": 7,
                "date": 1_772_366_400,
                "chat": {"id": -4001, "type": "supergroup"},
                "from": {"id": 1002, "is_bot": False, "first_name": "Emma"},
                "text": "milk",
                "message_thread_id": 5,
                **more,
            }
        )
        request = read_message(message, pipeline.bot, clock.now)
        [call] = reply_calls(request, guide.went_wrong(request.person_language))
        return call.parameters

    assert "message_thread_id" not in parameters()
    assert parameters(is_topic_message=True)["message_thread_id"] == 5
