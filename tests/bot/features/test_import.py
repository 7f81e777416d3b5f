import pytest

from bot.features.services import Services
from local_telegram.server import LocalTelegramServer
from tests.bot.conversation import GROUP, Conversation, Document
from tests.bot.running import new_pipeline, webhook
from tests.conftest import Clock
from tests.db.tables import Tables

PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x01"


def csv(text: str) -> Document:
    return Document("list.csv", text.encode())


async def test_a_file_is_shown_first_put_in_when_confirmed_and_can_be_undone(
    bot: Conversation, tables: Tables
) -> None:
    await bot.say("emma", "/add bread")
    table = f"Name,Category\nmilk,Dairy\n우유,Dairy\nbread,Bread\n<b>quark</b>,\n{'x' * 65},\n=1+1,"

    offer = await bot.say("emma", document=csv(table))

    assert offer.text == (
        "4 things in the list: 🥛 milk, 🍞 bread, <b>quark</b>, =1+1\n"
        "New to me: <b>quark</b>, =1+1\n"
        f"Too long (a name has at most 64 characters): {'x' * 32}…\n\n"
        "Shall I put this in? Tap what stays out."
    )
    assert list(offer.buttons) == [
        *("Put all in", "Cancel"),
        *("☑ 🥛 milk", "☑ 🍞 bread", "☑ <b>quark</b>", "☑ =1+1"),
    ]
    assert len(await tables.items(1002)) == 1

    [done] = (await bot.tap("emma", offer, "Put all in")).messages
    assert done.text == (
        "Added: 🥛 milk, <b>quark</b>, =1+1\nAlready there: 🍞 bread\n4 items in the fridge now."
    )
    for stale in ("Put all in", "Cancel"):  # a double tap, or somebody else's
        [still] = (await bot.tap("emma", offer, stale)).messages or [done]
        assert still.text == done.text
    [undone] = (await bot.tap("emma", done, "↩ Undo")).messages
    assert undone.text.startswith("Undone. Out again: ")
    for stale in ("Put all in", "Cancel"):  # on a screen that shows it still
        late = await bot.tap("emma", offer, stale)
        assert (late.notice, late.messages) == ("That is undone already.", [])
    assert len(await tables.items(1002)) == 1


async def test_a_list_that_is_declined_stays_out(bot: Conversation, tables: Tables) -> None:
    offer = await bot.say("minji", document=Document("장보기.txt", "우유\n계란".encode("cp949")))
    assert offer.text == (
        "목록에서 찾은 재료 2가지: 🥛 우유, 🥚 계란\n\n"
        "냉장고에 넣을까요? 넣지 않을 것은 눌러서 빼 주세요."
    )

    [declined] = (await bot.tap("minji", offer, "취소")).messages

    assert declined.text == "아무것도 넣지 않았어요."
    assert await tables.session(1001) is None


async def test_a_list_is_remembered_for_as_long_as_requests_are(
    bot: Conversation, services: Services, clock: Clock, tables: Tables
) -> None:
    offer = await bot.say("emma", document=csv("milk,1\neggs,2"))
    await services.handled_requests.forget_old(clock.advance(hours=49))

    [late] = (await bot.tap("emma", offer, "Put all in")).messages

    assert late.text == "That list is too old. Please send it again."
    assert await tables.session(1002) is None


@pytest.mark.unwatched
async def test_a_long_list_is_shown_before_it_is_put_in_however_it_comes(
    bot: Conversation, tables: Tables
) -> None:
    lines = "\n".join(f"thing {number}" for number in range(2_000))

    offer = await bot.say("emma", document=csv(lines))
    assert offer.text.startswith("500 things in the list: thing 0, thing 1, ")
    assert "\nI take 500 at a time, so I leave out the rest, from thing 500 on.\n" in offer.text
    await bot.tap("emma", offer, "Put all in")
    assert len(await tables.items(1002)) == 500

    pasted = await bot.say(
        "minji", ", ".join(f"할머니{chr(0xAC00 + 28 * number)}" for number in range(51))
    )
    assert pasted.text.startswith("목록에서 찾은 재료 51가지: 할머니가, 할머니개, ")
    await bot.tap("minji", pasted, "모두 넣기")
    assert len(await tables.items(1001)) == 51
    session = await tables.session(1001)
    assert session is not None
    assert session["language"] == "ko"  # of the warning


async def test_of_a_chat_the_last_list_is_kept(bot: Conversation, tables: Tables) -> None:
    first = await bot.say("emma", "/import milk")
    [done] = (await bot.tap("emma", first, "Put it in")).messages
    second = await bot.say("emma", "/import eggs")
    await bot.say("minji", "/import 두부")
    third = await bot.say("emma", "/import bread")

    late = await bot.tap("emma", first, "Put it in")
    assert (late.notice, late.messages) == ("That list is too old. Please send it again.", [])
    [too_old] = (await bot.tap("emma", second, "Put it in")).messages
    assert (too_old.text, too_old.buttons) == ("That list is too old. Please send it again.", {})
    [put_in] = (await bot.tap("emma", third, "Put it in")).messages
    assert put_in.text == "Added: 🍞 bread\n2 items in the fridge now."
    assert "↩ Undo" in done.buttons
    assert len(await tables.items(1002)) == 2


async def test_in_a_group_a_file_is_read_if_it_is_meant_for_the_bot(
    bot: Conversation, tables: Tables
) -> None:
    file = csv("milk\neggs")
    for caption in ("", "our list", "/add@other_bot", "/fridge"):
        said = await bot.hear("emma", chat=GROUP, document=file, caption=caption, wait=0.3)
        assert said == []

    question = await bot.say("emma", "/import", chat=GROUP)
    assert question.text == (
        "Send me a .csv or .txt file, or paste a list. I'll show it to you before I put it in."
    )
    offers = [
        await bot.say("emma", chat=GROUP, document=file, reply_to=question.message_id),
        await bot.say("emma", chat=GROUP, document=file, caption="/add@fridge_bot"),
        await bot.say("emma", "milk, eggs", chat=GROUP, reply_to=question.message_id),
        await bot.say("emma", "/import milk, eggs", chat=GROUP),
    ]
    assert {offer.text for offer in offers} == {
        "2 things in the list: 🥛 milk, 🥚 egg\n\nShall I put this in? Tap what stays out."
    }
    await bot.tap("minji", offers[-1], "Put all in")
    assert len(await tables.items(GROUP)) == 2


async def test_in_a_group_an_answer_that_is_no_list_is_not_met_with_silence(
    bot: Conversation,
) -> None:
    sheet = Document("list.xlsx", b"PK\x03\x04")
    question = await bot.say("emma", "/import", chat=GROUP)

    answer = await bot.say("emma", chat=GROUP, document=sheet, reply_to=question.message_id)
    assert answer.text.startswith("I can only read text, and lists in .csv or .txt files.")
    photo = await bot.say("minji", chat=GROUP, photo=True, reply_to=question.message_id)
    assert photo.text.startswith("글이나 .csv, .txt 목록 파일만 읽을 수 있어요.")
    for text in ("", "our list"):
        said = await bot.hear(
            "emma", chat=GROUP, photo=True, caption=text, reply_to=photo.message_id, wait=0.3
        )
        assert said == []


async def test_a_table_with_tabs_is_a_list(bot: Conversation) -> None:
    offer = await bot.say("emma", document=Document("list.tsv", b"milk\t2\neggs\t30"))
    assert offer.text.startswith("2 things in the list: 🥛 milk, 🥚 egg")


UNUSABLE = [
    (
        Document("list.csv", PNG, "image/png"),
        "I can't read that file. Send me a .csv or .txt file, please, or the .json of /export.",
        (
            "이 파일은 읽을 수 없어요. "
            ".csv나 .txt 파일, 또는 /export로 받은 .json 파일을 보내 주세요."
        ),
    ),
    (
        Document("list.csv", b"milk\n" * 60_000),
        "That file is too big. I read files of up to 256 KB.",
        "파일이 너무 커요. 256KB까지 읽을 수 있어요.",
    ),
    (
        Document("list.txt", b" \n,\n"),
        "I found nothing in that list to put in.",
        "목록에서 넣을 만한 재료를 찾지 못했어요.",
    ),
    (
        Document("list.txt", b"x" * 1000),
        (
            "I found nothing in that list to put in.\n"
            f"Too long (a name has at most 64 characters): {'x' * 32}…"
        ),
        f"목록에서 넣을 만한 재료를 찾지 못했어요.\n이름이 너무 길어요(최대 64자): {'x' * 32}…",
    ),
    (
        Document("list.xlsx", b"PK\x03\x04"),
        (
            "I can only read text, and lists in .csv or .txt files. "
            "Write to me like this: /add milk, eggs"
        ),
        "글이나 .csv, .txt 목록 파일만 읽을 수 있어요. 이렇게 보내 주세요: /add 우유, 계란",
    ),
]


async def test_a_file_that_cannot_be_used_is_answered_with_the_reason(bot: Conversation) -> None:
    for document, english, korean in UNUSABLE:
        assert (await bot.say("emma", document=document)).text == english
        assert (await bot.say("minji", document=document)).text == korean
    too_long = await bot.say("emma", f"/import {'x' * 65}")
    assert too_long.text.startswith("I found nothing in that list to put in.\nToo long ")


async def test_a_file_that_cannot_be_fetched_is_answered_and_the_next_one_works(
    bot: Conversation, telegram: LocalTelegramServer
) -> None:
    local = telegram.telegram
    local.faults.add(method="getFile", times=4, status=502)
    local.send_document(local.people[1002], 1002, "list.csv", b"milk")
    away = await local.wait_for_message(1002)
    assert away["text"] == "I can't get that file just now. Please send it again in a minute."

    gone = "Bad Request: wrong file_id or the file is temporarily unavailable"
    local.faults.add(method="getFile", status=400, description=gone)
    assert (await bot.say("minji", document=csv("milk"))).text == (
        "그 파일은 이제 텔레그램에 없어요. 다시 보내 주세요."
    )

    offer = await bot.say("emma", document=csv("milk"))
    assert offer.text == "1 thing in the list: 🥛 milk\n\nShall I put this in?"


async def test_files_are_read_and_written_over_a_webhook_too(
    telegram: LocalTelegramServer, services: Services, tables: Tables, unused_tcp_port: int
) -> None:
    local = telegram.telegram
    emma = local.people[1002]
    async with (
        new_pipeline(telegram, services) as pipeline,
        webhook(pipeline, unused_tcp_port),
    ):
        local.send_document(emma, 1002, "list.csv", b"milk\neggs")
        offer = await local.wait_for_message(1002)
        [[confirm, _], *_] = offer["reply_markup"]["inline_keyboard"]
        local.tap(emma, 1002, offer["message_id"], confirm["callback_data"])
        done = await local.wait_for_message(1002, after_event=local.events.last_id)
        assert done["text"].startswith("Added")
        assert len(await tables.items(1002)) == 2

        asked = local.send_text(emma, 1002, "/export")
        table = await local.wait_for_message(1002, after=asked["message_id"])
        assert table["document"]["file_name"] == "fridge.csv"
