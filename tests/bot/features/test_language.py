from datetime import timedelta

import pytest

from bot.locale.language import Language
from tests.bot.conversation import GROUP, Conversation
from tests.conftest import Clock


@pytest.mark.parametrize(
    ("code", "language"),
    [
        ("ko", Language.KOREAN),
        ("ko-KR", Language.KOREAN),
        ("KO", Language.KOREAN),
        ("en", Language.ENGLISH),
        ("fr", Language.ENGLISH),
        ("", Language.ENGLISH),
        (None, Language.ENGLISH),
    ],
)
def test_korean_is_for_korean_telegrams_and_english_for_all_others(
    code: str | None, language: Language
) -> None:
    assert Language.of_person(code) is language


async def test_a_chosen_language_is_for_everybody_in_the_chat(bot: Conversation) -> None:
    question = await bot.say("emma", "/language", chat=GROUP)
    assert question.text == "Which language shall I speak here?"
    assert list(question.buttons) == ["한국어", "English"]

    [edited] = (await bot.tap("emma", question, "한국어")).messages

    assert edited.text == "이제 여기서는 한국어로 말할게요."
    reply = await bot.say("emma", "/add milk", chat=GROUP)
    assert reply.text == "넣었어요: 🥛 우유\n지금 냉장고에 재료가 1개 있어요."
    elsewhere = await bot.say("emma", "/fridge")
    assert elsewhere.text == "The fridge is empty. Put something in: /add milk, eggs"


async def test_a_chosen_language_outlives_the_fridge(bot: Conversation, clock: Clock) -> None:
    question = await bot.say("minji", "/language")
    [edited] = (await bot.tap("minji", question, "English")).messages
    assert edited.text == "I will speak English here."
    clock.advance(days=3)

    assert (await bot.say("minji", "/clear")).text == "The fridge is empty already."


@pytest.mark.parametrize(
    ("duration", "english", "korean"),
    [
        (timedelta(hours=24), "24 hours", "24시간"),
        (timedelta(hours=23, minutes=59), "24 hours", "24시간"),  # a use not written again
        (timedelta(hours=2, minutes=31), "2 hours", "2시간"),
        (timedelta(hours=1, minutes=59), "2 hours", "2시간"),  # a warning sent within its minute
        (timedelta(minutes=90), "90 minutes", "90분"),
        (timedelta(seconds=45), "45 seconds", "45초"),
        (timedelta(days=3, hours=13), "3 days", "3일"),
        (timedelta(days=20), "20 days", "20일"),
        (timedelta(seconds=1), "1 second", "1초"),
        (timedelta(0), "0 seconds", "0초"),
    ],
)
def test_a_duration_promises_no_more_than_there_is(
    duration: timedelta, english: str, korean: str
) -> None:
    assert Language.ENGLISH.duration(duration) == english
    assert Language.KOREAN.duration(duration) == korean
