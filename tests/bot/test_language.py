import pytest

from bot.language import Language
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

    assert edited.text == "이제 이 채팅에서는 한국어로 말할게요."
    reply = await bot.say("emma", "/add milk", chat=GROUP)
    assert reply.text == "넣었어요: 🥛 우유\n지금 냉장고에 1개가 있어요."
    elsewhere = await bot.say("emma", "/fridge")
    assert elsewhere.text == "The fridge is empty. Put something in: /add milk, eggs"


async def test_a_chosen_language_outlives_the_fridge(bot: Conversation, clock: Clock) -> None:
    question = await bot.say("minji", "/language")
    [edited] = (await bot.tap("minji", question, "English")).messages
    assert edited.text == "I will speak English here."
    clock.advance(days=3)

    assert (await bot.say("minji", "/clear")).text == "The fridge is empty already."
