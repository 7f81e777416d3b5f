import csv
import json
from io import StringIO

from sqlalchemy import RowMapping

from local_telegram.server import LocalTelegramServer
from tests.bot.conversation import GROUP, Conversation, Document, Said
from tests.conftest import Clock
from tests.db.tables import Tables


def content(telegram: LocalTelegramServer, said: Said) -> bytes:
    file = telegram.telegram.files.find(said.file_id)
    assert file is not None
    return file.content


NOTHING = ("", "", "", "", "")
"""Of a lot of which nothing but the name is known: amount, unit, date, place and note."""


def _without_time(item: RowMapping) -> tuple[object, ...]:
    return tuple(value for column, value in item.items() if column != "added_at")


async def test_a_fridge_is_saved_for_a_spreadsheet_and_put_in_again_from_it(
    bot: Conversation, telegram: LocalTelegramServer, clock: Clock, tables: Tables
) -> None:
    await bot.say("minji", "/add =cmd<>()")
    await bot.say("minji", "/add 우유 1.5L 12/24까지 냉장실")
    clock.advance(minutes=5)
    await bot.say("minji", '/add +1 "큰" 것; a')

    table, data = await bot.hear("minji", "/export")

    assert [table.file_name, data.file_name] == ["fridge.csv", "fridge.json"]
    assert table.text.startswith("재료 3가지가 담긴 스프레드시트용 파일이에요.")
    written = content(telegram, table)
    assert written.startswith(b"\xef\xbb\xbf")  # without it Excel shows no Korean
    assert list(csv.reader(StringIO(written.decode("utf-8-sig")))) == [
        [
            *("이름", "양", "단위", "유통기한", "보관 장소", "메모", "종류"),
            "넣은 시각(Asia/Seoul)",
        ],
        ['\'+1 "큰" 것; a', *NOTHING, "그 밖의 재료", "2026-03-01 21:05"],
        ["'=cmd<>()", *NOTHING, "그 밖의 재료", "2026-03-01 21:00"],
        ["우유", "1500", "ml", "2026-12-24", "fridge", "", "계란·유제품", "2026-03-01 21:00"],
    ]
    before = await tables.items(1001)
    for said in (table, data):
        answer = await bot.say("minji", "/clear")
        await bot.tap("minji", answer, "비우기")
        file = Document(said.file_name, content(telegram, said))
        offer = await bot.say("minji", document=file)
        await bot.tap("minji", offer, "모두 넣기")
        assert {_without_time(item) for item in await tables.items(1001)} == {
            _without_time(item) for item in before
        }


async def test_other_programs_get_the_fridge_of_a_group_as_json(
    bot: Conversation, telegram: LocalTelegramServer
) -> None:
    await bot.say("emma", "/add 우유", chat=GROUP)

    _, data = await bot.hear("emma", "/export", chat=GROUP)

    assert json.loads(content(telegram, data)) == {
        "items": [{"name": "milk", "category": "dairy_eggs", "added_at": "2026-03-01T12:00:00Z"}]
    }


async def test_there_is_nothing_to_save_of_an_empty_fridge(bot: Conversation) -> None:
    reply = await bot.say("emma", "/export")

    assert reply.text == "The fridge is empty, so there is nothing to save."


async def test_in_a_group_the_files_show_what_they_answer(
    bot: Conversation, telegram: LocalTelegramServer
) -> None:
    await bot.say("emma", "/add milk", chat=GROUP)
    files = await bot.hear("emma", "/export", chat=GROUP)

    sent = {message["message_id"]: message for message in telegram.telegram.messages(GROUP)}
    answered = [sent[file.message_id]["reply_to_message"]["text"] for file in files]
    assert answered == ["/export", "/export"]
