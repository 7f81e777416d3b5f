import re

from tests.bot.conversation import GROUP, Conversation, Document, Said
from tests.conftest import Clock


async def test_a_chosen_language_is_for_everybody_in_the_chat(bot: Conversation) -> None:
    question = await bot.say("emma", "/language", chat=GROUP)
    assert question.text == "Which language shall I speak here?"
    assert list(question.buttons) == ["한국어", "English"]

    [edited] = (await bot.tap("emma", question, "한국어")).messages

    assert edited.text == "이제 여기서는 한국어로 말할게요."
    reply = await bot.say("emma", "/add milk", chat=GROUP)
    assert reply.text == "넣었어요: 🥛 우유\n지금 냉장고에 재료가 1가지 있어요."
    elsewhere = await bot.say("emma", "/fridge")
    assert elsewhere.text == "The fridge is empty. Put something in: /add milk, eggs"


async def test_a_chosen_language_outlives_the_fridge(bot: Conversation, clock: Clock) -> None:
    question = await bot.say("minji", "/language")
    [edited] = (await bot.tap("minji", question, "English")).messages
    assert edited.text == "I'll speak English here."
    clock.advance(days=3)

    assert (await bot.say("minji", "/clear")).text == "The fridge is empty already."


IN_KOREAN = ("한국어", "🌐 한국어로 말하기")

SAID = (
    *("/start", "/help", "/add milk, quark", "/add milk", "/add quak", "mlik, skyr", "/add"),
    *("/fridge", "/remove milk", "/remove milk", "/remove quar", "/remove", "/keep"),
    *("/export", "/import milk, eggs", "/import", "/settings", "/language", "/clear", "/clear"),
    *("/fridge", "/keep", "/export", "/nonsense", "thanks", "undo", "?", f"/add {'x' * 65}"),
    *(f"/remove {'x' * 65}", f"{'x' * 65}", "/import ,", "/forget"),
)


OUT_OF_DATE = (
    *("fridge:1.0", "filter:1.0", "keep:1", "undo:m1 add", "back:q1 take|1.0", "swap:1:2"),
    *("swap:1:999999999", "put:?!", "old:1"),
)


def read(said: Said) -> list[str]:
    """The text and the buttons, but for those that say the name of a language in itself."""
    return [said.text, *(label for label in said.buttons if label not in IN_KOREAN)]


async def test_every_answer_is_in_the_language_that_the_chat_chose_whoever_writes(
    bot: Conversation,
) -> None:
    question = await bot.say("minji", "/language")
    await bot.tap("minji", question, "English")

    heard = read(await bot.say("minji", "milk", forwarded=True))
    heard += read(await bot.say("minji", photo=True))
    for content in (b"milk,2", b"\x89PNG\x00"):
        heard += read(await bot.say("minji", document=Document("list.csv", content)))
    for text in SAID:
        for reply in await bot.hear("minji", text):
            _, *labels = read(reply)
            heard += read(reply)
            # The last button of the last reply makes the bot forget the choice.
            taps = [reply.buttons[label] for label in reversed(labels)]
            for data in (*(OUT_OF_DATE if text == "/fridge" else ()), *taps):
                tapped = await bot.tap_data("minji", reply, data)
                heard.append(tapped.notice)
                heard += [line for said in tapped.messages for line in read(said)]

    assert "I have forgotten this chat, and deleted:" in "\n".join(heard)
    assert [one for one in heard if re.search("[가-힣]", one.replace("우유 is milk", ""))] == []
