"""Files: people and the bot send them, the bot and people save them."""

import base64
from io import BytesIO

import pytest
from aiohttp import ClientSession, FormData
from telegram import Bot

from local_telegram.actions.writing import LARGEST_DOCUMENT_BYTES
from local_telegram.protocol.errors import CannotDoError
from local_telegram.server import LocalTelegramServer
from local_telegram.state.chats import Chat
from local_telegram.state.files import LARGEST_DOWNLOAD_BYTES, MEGABYTE, Files
from local_telegram.state.people import Person
from local_telegram.telegram import LocalTelegram
from tests.local_telegram.conftest import CallServer

CONTENT = "이름\n우유\n".encode()


async def test_the_bot_downloads_what_a_person_sends(
    telegram: LocalTelegram, server: LocalTelegramServer, minji: Person
) -> None:
    telegram.send_document(minji, minji.id, "장보기.csv", CONTENT, caption=" /add these ")
    root = server.url
    async with Bot(telegram.token, base_url=f"{root}/bot", base_file_url=f"{root}/file/bot") as bot:
        (update,) = await bot.get_updates()
        assert update.message is not None
        assert update.message.caption == "/add these"
        assert list(update.message.parse_caption_entities().values()) == ["/add"]
        document = update.message.document
        assert document is not None
        assert (document.file_name, document.mime_type) == ("장보기.csv", "text/csv")
        file = await document.get_file()
        assert file.file_size == document.file_size == len(CONTENT)
        assert bytes(await file.download_as_bytearray()) == CONTENT


async def test_a_file_that_is_not_to_be_had_is_refused(
    telegram: LocalTelegram,
    server: LocalTelegramServer,
    http: ClientSession,
    minji: Person,
    call: CallServer,
) -> None:
    telegram.files = Files(kept_bytes=LARGEST_DOCUMENT_BYTES)

    async def sent(content: bytes) -> str:
        message = telegram.send_document(minji, minji.id, "list.txt", content)
        return str(message["document"]["file_id"])

    async def refusal(**parameters: str) -> str:
        refused = await call("getFile", **parameters)
        assert refused["error_code"] == 400
        return str(refused["description"]).removeprefix("Bad Request: ")

    forgotten = await sent(b"x" * LARGEST_DOWNLOAD_BYTES)
    assert (await call("getFile", file_id=forgotten))["result"]["file_path"]
    too_big = await sent(b"x" * (LARGEST_DOWNLOAD_BYTES + 1))
    assert await refusal() == "file_id not specified"
    assert await refusal(file_id="no-such-file") == "invalid file_id"
    assert await refusal(file_id="local-document-3") == "invalid file_id"
    assert await refusal(file_id=too_big) == "file is too big"
    unavailable = "wrong file_id or the file is temporarily unavailable"
    assert await refusal(file_id=forgotten) == unavailable
    for path in ("documents/file_1.txt", "documents/file_2.txt", "documents", "", "../x"):
        url = f"{server.url}/file/bot{telegram.token}/{path}"
        async with http.get(url) as response:
            assert response.status == 404
    async with http.get(f"{server.url}/file/bot1:wrong/documents/file_2.txt") as response:
        assert response.status == 401


async def test_a_download_may_fail_on_demand(
    telegram: LocalTelegram, server: LocalTelegramServer, http: ClientSession, minji: Person
) -> None:
    telegram.send_document(minji, minji.id, "list.txt", CONTENT)
    telegram.faults.add(method="download", status=502)
    url = f"{server.url}/file/bot{telegram.token}/documents/file_1.txt"
    async with http.get(url) as response:
        assert response.status == 502
    async with http.get(url) as response:
        assert await response.read() == CONTENT


async def test_people_save_what_anybody_sent(
    telegram: LocalTelegram,
    server: LocalTelegramServer,
    http: ClientSession,
    minji: Person,
    playground: CallServer,
) -> None:
    form = FormData({"chat_id": str(minji.id), "caption": "12 things"})
    form.add_field("document", CONTENT, filename="fridge.html")
    url = f"{server.url}/bot{telegram.token}/sendDocument"
    async with http.post(url, data=form) as response:
        assert response.status == 200
    asked = telegram.messages(minji.id)[0]["message_id"]
    document = {
        "name": "C:\\lists\\장보기\n.csv",
        "content_base64": base64.b64encode(CONTENT).decode(),
        "mime_type": "text/comma-separated-values",
    }
    sent = await playground(
        "POST", "send", person="minji", document=document, caption="hi", reply_to=asked, wait=0
    )
    assert sent["message"]["caption"] == "hi"
    assert sent["message"]["reply_to_message"]["caption"] == "12 things"
    assert sent["message"]["document"]["mime_type"] == "text/comma-separated-values"
    for message, name in zip(
        telegram.messages(minji.id), ("fridge.html", "장보기.csv"), strict=True
    ):
        query = {"id": message["document"]["file_id"]}
        async with http.get(f"{server.url}/playground/file", params=query) as response:
            assert await response.read() == CONTENT
            assert response.content_disposition is not None
            assert response.content_disposition.type == "attachment"
            assert response.content_disposition.filename == name
            assert response.content_type == "application/octet-stream"
    gone = await playground("GET", "file", id="no-such-file")
    assert gone == {"error": "That file is not kept any more."}


@pytest.mark.parametrize(
    ("document", "sentence"),
    [
        ("list.csv", "A `document` has a `name` and a `content_base64`."),
        ({"content_base64": "eA=="}, "A `document` has a `name` and a `content_base64`."),
        ({"name": "x", "content_base64": "?"}, "The document's `content_base64` is not base64."),
        ({"name": "x", "content_base64": "유"}, "The document's `content_base64` is not base64."),
        ({"name": "x"}, "The file is empty."),
    ],
)
@pytest.mark.usefixtures("minji")
async def test_what_is_no_file_is_not_sent(
    telegram: LocalTelegram, playground: CallServer, document: object, sentence: str
) -> None:
    answer = await playground("POST", "send", person="minji", document=document)
    assert answer == {"error": sentence}
    assert telegram.messages(1001) == []


async def test_people_and_the_bot_send_files_of_a_limited_size(
    telegram: LocalTelegram, server: LocalTelegramServer, http: ClientSession, minji: Person
) -> None:
    with pytest.raises(CannotDoError, match="A file has at most 32 MB"):
        telegram.send_document(minji, minji.id, "x", bytes(LARGEST_DOCUMENT_BYTES + 1))
    with pytest.raises(CannotDoError, match="A caption has at most 1024 characters"):
        telegram.send_document(minji, minji.id, "x", b"x", caption="x" * 1025)
    form = FormData({"chat_id": str(minji.id)})
    form.add_field("document", BytesIO(bytes(50 * MEGABYTE + 1)), filename="x")
    url = f"{server.url}/bot{telegram.token}/sendDocument"
    async with http.post(url, data=form) as response:
        assert response.status == 413
        assert (await response.json())["description"] == "Request Entity Too Large"
    assert telegram.messages(minji.id) == []


def test_in_a_group_the_bot_sees_files_that_are_meant_for_it(
    telegram: LocalTelegram, minji: Person, group: Chat
) -> None:
    question = telegram.send_by_bot(group, {"text": "What?"}, None)["message_id"]
    telegram.send_document(minji, group.id, "holiday.txt", CONTENT, caption="look")
    telegram.send_document(minji, group.id, "a.txt", CONTENT, caption="/add")
    telegram.send_document(minji, group.id, "b.txt", CONTENT, reply_to=question)
    seen = telegram.updates.unconfirmed(0, 100)
    names = [update.body["message"]["document"]["file_name"] for update in seen]
    assert names == ["a.txt", "b.txt"]


def test_the_oldest_files_make_room() -> None:
    files = Files(kept_bytes=10)
    kept = [files.add(name, None, b"1234") for name in ("a.txt", "../b", "c.d/", "e.$$")]
    assert [files.find(file.id) for file in kept] == [None, None, *kept[2:]]
    assert [files.at(file.path) for file in kept] == [None, None, *kept[2:]]
    assert [file.name for file in kept] == ["a.txt", "b", "file", "e.$$"]
    assert [file.path.rpartition("/")[2] for file in kept] == [
        "file_1.txt", "file_2", "file_3", "file_4"
    ]  # fmt: skip
    assert kept[1].mime_type == "application/octet-stream"
    larger = files.add("larger", None, b"x" * 11)
    assert files.find(larger.id) is larger
    assert files.find(kept[3].id) is None
    assert files.was_there(kept[0].id)
    assert not files.was_there("local-document-6")
