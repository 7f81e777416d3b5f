import pytest

from local_telegram.state.people import Person
from tests.local_telegram.conftest import CallServer

BUTTON = {"text": "Yes", "callback_data": "yes"}
TOO_LONG_DATA = {"text": "Yes", "callback_data": "유" * 22}
LONGEST_DATA = {"text": "🥛", "callback_data": "유" * 21 + "!"}
UNALLOWED = "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard"


@pytest.mark.parametrize(
    ("markup", "description"),
    [
        ("{", "can't parse reply keyboard markup JSON object"),
        ([], "object expected as reply markup"),
        (
            {"inline_keyboard": [BUTTON]},
            'field "inline_keyboard" of the InlineKeyboardMarkup must be an Array of Arrays',
        ),
        (
            {"inline_keyboard": [["Yes"]]},
            "can't parse inline keyboard button: InlineKeyboardButton must be an Object",
        ),
        (
            {"inline_keyboard": [[{"callback_data": "yes"}]]},
            "can't parse inline keyboard button: Can't find field \"text\"",
        ),
        (
            {"inline_keyboard": [[{"text": 1, "callback_data": "yes"}]]},
            'can\'t parse inline keyboard button: Field "text" must be of type String',
        ),
        (
            {"inline_keyboard": [[{"text": "Yes"}]]},
            UNALLOWED,
        ),
        (
            {"inline_keyboard": [[{"text": "Yes", "callback_data": ""}]]},
            UNALLOWED,
        ),
        (
            {"inline_keyboard": [[{"text": " ", "callback_data": "yes"}]]},
            "inline keyboard button text must be non-empty",
        ),
        ({"inline_keyboard": [[TOO_LONG_DATA]]}, "BUTTON_DATA_INVALID"),
        (
            {"inline_keyboard": [[{"text": "Yes", "url": "nowhere"}]]},
            "inline keyboard button URL 'nowhere' is invalid: Wrong HTTP URL",
        ),
        ({"inline_keyboard": [[BUTTON] * 8] * 12 + [[BUTTON] * 5]}, "reply markup is too long"),
        ({"inline_keyboard": [[BUTTON] * 9]}, "reply markup is too long"),
        (
            {"keyboard": ["Yes"]},
            'field "keyboard" of the ReplyKeyboardMarkup must be an Array of Arrays',
        ),
    ],
)  # fmt: skip
async def test_a_wrong_keyboard_is_refused(
    minji: Person, call: CallServer, markup: object, description: str
) -> None:
    refused = await call("sendMessage", chat_id=minji.id, text="Sure?", reply_markup=markup)
    assert refused["error_code"] == 400
    assert refused["description"] == f"Bad Request: {description}"


async def test_an_edit_has_no_larger_keyboard_than_a_message(
    minji: Person, call: CallServer
) -> None:
    sent = await call("sendMessage", chat_id=minji.id, text="Sure?")
    place = {"chat_id": minji.id, "message_id": sent["result"]["message_id"]}
    for markup in ({"inline_keyboard": [[BUTTON]] * 101}, {"inline_keyboard": [[BUTTON] * 9]}):
        for method in ("editMessageReplyMarkup", "editMessageText"):
            refused = await call(method, **place, text="Really?", reply_markup=markup)
            assert refused["description"] == "Bad Request: reply markup is too long"


@pytest.mark.parametrize(
    "rows", [[[BUTTON] * 8] * 12 + [[BUTTON] * 4], [[LONGEST_DATA]]]
)  # fmt: skip
async def test_the_largest_keyboard_is_sent(
    minji: Person, call: CallServer, rows: list[list[dict[str, str]]]
) -> None:
    markup = {"inline_keyboard": rows}
    sent = await call("sendMessage", chat_id=minji.id, text="Sure?", reply_markup=markup)
    assert sent["result"]["reply_markup"] == markup


async def test_an_empty_keyboard_is_none(minji: Person, call: CallServer) -> None:
    rows: list[list[str]] = [[]]
    markup = {"inline_keyboard": rows}
    sent = await call("sendMessage", chat_id=minji.id, text="Sure?", reply_markup=markup)
    assert "reply_markup" not in sent["result"]
