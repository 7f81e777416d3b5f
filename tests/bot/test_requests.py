"""The requests that messages and taps make."""

import re
from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime
from typing import Any, Final

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.conversation.requests import read_message, read_tap
from bot.locale.language import Language
from bot.telegram.client import BotApiClient
from bot.telegram.updates import CallbackQuery, Message

NOW: Final = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
EMMA: Final[Mapping[str, Any]] = {"id": 1002, "is_bot": False, "first_name": "Emma"}
FRIDGE_BOT: Final = {"id": 42, "is_bot": True, "first_name": "Fridge", "username": "Fridge_Bot"}


@pytest.fixture
async def client() -> AsyncIterator[BotApiClient]:
    """A bot that wrote its name with capitals to @BotFather."""

    async def get_me(_request: web.Request) -> web.Response:
        return web.json_response({"ok": True, "result": FRIDGE_BOT})

    application = web.Application()
    application.router.add_route("*", "/{path:.*}", get_me)
    async with TestServer(application) as server:
        client = BotApiClient("42:" + "A" * 35, str(server.make_url("")).rstrip("/"))
        await client.initialize()
        yield client
        await client.shutdown()


def message(text: str, chat: str = "supergroup", **more: object) -> Message:
    command = text.partition(" ")[0]
    entity = {"type": "bot_command", "offset": 0, "length": len(command)}
    return Message.model_validate(
        {
            "message_id": 7,
            "date": 1_772_366_400,
            "chat": {"id": -4001 if chat != "private" else 1002, "type": chat},
            "from": EMMA,
            "text": text,
            "entities": [entity] if text.startswith("/") else [],
            **more,
        }
    )


def tap(query_id: str, **more: object) -> CallbackQuery:
    below = {"message_id": 7, "chat": {"id": 1002, "type": "private"}}
    return CallbackQuery.model_validate(
        {"id": query_id, "from": EMMA, "data": "fridge:1", "message": below, **more}
    )


def named_by(query_id: str) -> str:
    read = read_tap(tap(query_id), NOW, ())
    assert read is not None
    return read.request.key.request


@pytest.mark.parametrize(
    ("text", "chat", "to_this_bot"),
    [
        ("/stats@fridge_bot", "supergroup", True),
        ("/stats@FRIDGE_BOT now", "supergroup", True),
        ("/stats@other_fridge_bot", "supergroup", False),
        ("/stats", "supergroup", False),
        ("/stats", "private", True),
    ],
)
async def test_a_command_in_a_group_may_be_for_another_bot_unless_it_names_this_one(
    client: BotApiClient, text: str, chat: str, *, to_this_bot: bool
) -> None:
    assert read_message(message(text, chat), client, NOW).to_this_bot is to_this_bot


async def test_a_request_has_what_follows_the_command(client: BotApiClient) -> None:
    assert read_message(message("/add@fridge_bot  milk "), client, NOW).text == "milk"
    assert read_message(message("milk, eggs"), client, NOW).text == "milk, eggs"


@pytest.mark.parametrize(
    ("said", "text", "mentions_bot"),
    [
        ("@fridge_bot 우유 샀어", "우유 샀어", True),
        ("@Fridge_Bot, milk", "milk", True),
        ("@fridge_bot: milk, eggs", "milk, eggs", True),
        ("우유 샀어 @FRIDGE_BOT", "우유 샀어", True),
        ("/add milk @fridge_bot", "milk", True),
        ("@fridge_bot", "", True),
        ("/add@fridge_bot milk", "milk", False),
        ("@fridge_bot2 milk", "@fridge_bot2 milk", False),
        ("@other_bot milk", "@other_bot milk", False),
        ("emma@fridge_bot milk", "emma@fridge_bot milk", False),
        ("https://t.me/@fridge_bot", "https://t.me/@fridge_bot", False),
        ("fridge_bot milk", "fridge_bot milk", False),
    ],
)
@pytest.mark.parametrize("kind", ["text", "caption"])
async def test_a_mention_of_the_bot_is_no_part_of_what_it_is_told(
    client: BotApiClient, kind: str, said: str, text: str, *, mentions_bot: bool
) -> None:
    written = message(said)
    if kind == "caption":
        written = written.model_copy(
            update={
                "text": None,
                "entities": None,
                "caption": said,
                "caption_entities": written.entities,
            }
        )

    request = read_message(written, client, NOW)

    assert (request.text, request.mentions_bot) == (text, mentions_bot)


async def test_a_language_that_telegram_does_not_tell_is_not_taken_for_english(
    client: BotApiClient,
) -> None:
    untold = read_message(message("milk"), client, NOW)
    emma = {"from": {**EMMA, "language_code": "en"}}
    told = read_message(message("milk", "supergroup", **emma), client, NOW)

    assert (untold.told_language, told.told_language) == (None, Language.ENGLISH)
    assert untold.person_language is told.person_language is Language.ENGLISH


async def test_only_a_reply_to_this_bot_answers_it(client: BotApiClient) -> None:
    def answered(sender: Mapping[str, Any]) -> str | None:
        asked = {"message_id": 6, "from": sender, "text": "What shall I put in?"}
        return read_message(message("milk", reply_to_message=asked), client, NOW).answered

    assert answered(FRIDGE_BOT) == "What shall I put in?"
    assert answered(EMMA) is None


def test_a_tap_is_named_by_the_number_of_its_query() -> None:
    assert named_by("1" * 20) == f"q{'1' * 20}"


@pytest.mark.parametrize("query_id", ["4382bfdwdsb323b2d9", "1" * 21, "１", "-1"])
def test_any_other_id_of_a_query_stands_for_a_number_that_a_button_has_room_for(
    query_id: str,
) -> None:
    name = named_by(query_id)

    assert re.fullmatch("q[0-9]{1,20}", name)
    assert name == named_by(query_id)
    assert name != named_by(f"{query_id}1")


@pytest.mark.parametrize("missing", ["data", "message"])
def test_a_tap_on_no_button_of_a_message_is_no_request(missing: str) -> None:
    assert read_tap(tap("1", **{missing: None}), NOW, ()) is None
