"""Which handler gets a message: by the bot's name, and by the name or the type of a file."""

from collections.abc import Sequence

import pytest

from bot.features.services import Services
from bot.receiving.wiring import Pipeline
from local_telegram.protocol.json_values import Json
from local_telegram.server import LocalTelegramServer
from local_telegram.state.recorded_calls import RecordedCall
from tests.bot.conversation import GROUP, Conversation, Document, seen
from tests.bot.running import new_pipeline, polling
from tests.db.tables import Tables

EMMA = 1002
LIST_TYPES = ("text/csv", "text/tab-separated-values", "text/plain", "application/json")


def fetched(telegram: LocalTelegramServer) -> list[RecordedCall]:
    """The calls that ask for a file."""
    return [call for call in telegram.telegram.calls if call.method == "getFile"]


@pytest.mark.parametrize("name", ["Fridge_Bot", "fridge_bot"])
async def test_a_bots_name_counts_however_it_is_written(
    telegram: LocalTelegramServer, services: Services, name: str
) -> None:
    local = telegram.telegram
    local.bot.username = "Fridge_Bot"
    async with new_pipeline(telegram, services) as pipeline, polling(pipeline):
        local.send_text(local.people[EMMA], EMMA, f"/add@{name} milk")
        reply = await local.wait_for_message(EMMA)

    assert seen(reply["text"]).startswith("Added: 🥛 milk")


async def test_a_command_for_another_bot_is_none_for_this_one(
    bot: Conversation, tables: Tables
) -> None:
    await bot.say("emma", "/add@other_bot milk")

    assert await tables.session(EMMA) is None


@pytest.mark.parametrize(
    "documents",
    [
        [
            (f"list{suffix}", "application/octet-stream")
            for suffix in (".CSV", ".tsv", ".txt", ".json")
        ],
        [("list", type_) for type_ in LIST_TYPES],
    ],
    ids=["by its name", "by its type"],
)
async def test_a_list_is_known(
    bot: Conversation, telegram: LocalTelegramServer, documents: Sequence[tuple[str, str]]
) -> None:
    for name, mime_type in documents:
        await bot.say("emma", document=Document(name, b"milk", mime_type))

    assert len(fetched(telegram)) == len(documents)


async def test_a_file_that_is_no_list_is_not_looked_at(
    bot: Conversation, telegram: LocalTelegramServer
) -> None:
    photo = Document("milk.jpg", b"milk", "image/jpeg")

    assert (await bot.say("emma", document=photo)).text.startswith("I can only read text")
    assert fetched(telegram) == []


@pytest.mark.parametrize(
    ("answered", "files"), [({"id": 1001, "is_bot": False, "first_name": "Minji"}, 0), (None, 1)]
)
async def test_in_a_group_only_a_file_that_answers_the_bot_is_for_the_bot(
    bot: Conversation, telegram: LocalTelegramServer, answered: Json | None, files: int
) -> None:
    local = telegram.telegram
    file = local.files.add("list.csv", "text/csv", b"milk").as_document()
    sent = {
        "message_id": 900,
        "date": 1795469068,
        "chat": {"id": GROUP, "type": "group"},
        "from": local.people[EMMA].as_user(),
        "document": file,
        "reply_to_message": {"from": answered or local.bot.as_user(), "text": "?"},
    }

    local.push_update({"message": sent})

    assert await bot.hear("emma", "/fridge", chat=GROUP)
    assert len(fetched(telegram)) == files


@pytest.mark.parametrize(
    ("captions", "files"),
    [
        (("/add", "/Import@Fridge_Bot today", "/추가", "/가져오기 오늘", "/넣기@fridge_bot"), 5),
        (
            (
                "our list",
                "add",
                "/fridge",
                "/목록",
                "/nothing",
                "/add@other_bot",
                "/추가@other_bot",
            ),
            0,
        ),
    ],
    ids=["for the bot", "for others"],
)
async def test_in_a_group_a_file_with_a_command_that_takes_files_is_for_the_bot(
    bot: Conversation, telegram: LocalTelegramServer, captions: Sequence[str], files: int
) -> None:
    local = telegram.telegram
    file = local.files.add("list.csv", "text/csv", b"milk").as_document()
    # As for a bot that is an admin of the group, which gets all messages.
    for message_id, caption in enumerate(captions, 900):
        sent = {
            "message_id": message_id,
            "date": 1795469068,
            "chat": {"id": GROUP, "type": "group"},
            "from": local.people[EMMA].as_user(),
            "document": file,
            "caption": caption,
        }
        local.push_update({"message": sent})

    await bot.hear("emma", "/fridge", chat=GROUP)

    assert len(fetched(telegram)) == files
    offers = [said for said in local.messages(GROUP) if "1 thing in the list" in said["text"]]
    assert len(offers) == files


async def test_a_command_within_a_text_is_no_command(bot: Conversation) -> None:
    alone = await bot.say("emma", "/nothing")

    assert (await bot.say("emma", "milk /nothing")).text != alone.text


async def test_a_reply_to_a_question_of_an_earlier_version_is_its_answer(
    bot: Conversation, pipeline: Pipeline, tables: Tables
) -> None:
    put_in = await pipeline.bot.send_message(
        GROUP, "냉장고에 무엇을 넣을까요? 여러 개는 쉼표로 나눠 적어 주세요."
    )
    take_out = await pipeline.bot.send_message(
        GROUP, "냉장고에서 무엇을 뺄까요? 여러 개는 쉼표로 나눠 적어 주세요."
    )

    added = await bot.say("minji", "우유, 두부", chat=GROUP, reply_to=put_in.message_id)
    removed = await bot.say("minji", "우유", chat=GROUP, reply_to=take_out.message_id)

    assert added.text.startswith("넣었어요: 🥛 우유, 🥢 두부")
    assert removed.text.startswith("뺐어요: 🥛 우유")
    assert len(await tables.items(GROUP)) == 1
