import pytest
from aiohttp import ClientSession, FormData

from local_telegram.server import LocalTelegramServer
from local_telegram.state.people import Person
from local_telegram.telegram import LocalTelegram
from tests.local_telegram.conftest import CallServer, MovableClock


async def test_a_person_sees_what_the_bot_sends(
    telegram: LocalTelegram, minji: Person, call: CallServer
) -> None:
    sent = await call("sendMessage", chat_id=minji.id, text="안녕하세요", unheard_of=1)
    assert sent["ok"]
    assert telegram.messages(minji.id) == [sent["result"]]
    assert sent["result"]["from"]["is_bot"]
    assert sent["result"]["chat"]["id"] == minji.id


async def test_waiting_for_the_bot_returns_its_message_and_then_its_edit(
    telegram: LocalTelegram, minji: Person, call: CallServer
) -> None:
    asked = telegram.send_text(minji, minji.id, "hello")
    sent = await call("sendMessage", chat_id=minji.id, text="first")
    answer = await telegram.wait_for_message(minji.id, after=asked["message_id"])
    assert answer["text"] == "first"
    message_id = sent["result"]["message_id"]
    await call("editMessageText", chat_id=minji.id, message_id=message_id, text="second")
    edited = await telegram.wait_for_message(minji.id, after=message_id)
    assert edited["text"] == "second"


async def test_waiting_in_vain_ends_with_a_timeout(telegram: LocalTelegram, minji: Person) -> None:
    with pytest.raises(TimeoutError, match="No message by the bot in chat 1001"):
        await telegram.wait_for_message(minji.id, timeout=0.01)


@pytest.mark.parametrize(
    ("parameters", "description"),
    [
        ({"text": "hello"}, "chat_id is empty"),
        ({"chat_id": 5, "text": "hello"}, "chat not found"),
        ({"chat_id": 1001}, "message text is empty"),
        ({"chat_id": 1001, "text": ""}, "message text is empty"),
        ({"chat_id": 1001, "text": " \n "}, "text must be non-empty"),
        ({"chat_id": 1001, "text": "x" * 4097}, "message is too long"),
        ({"chat_id": 1001, "text": "🥛" * 2049}, "message is too long"),
        ({"chat_id": 1001, "text": "x", "parse_mode": "XML"}, "unsupported parse_mode"),
        (
            {"chat_id": 1001, "text": "x", "reply_parameters": {"message_id": 999}},
            "message to be replied not found",
        ),
    ],
)
@pytest.mark.usefixtures("minji")
async def test_a_wrong_message_is_refused(
    call: CallServer, parameters: dict[str, object], description: str
) -> None:
    refused = await call("sendMessage", **parameters)
    assert refused == {
        "ok": False,
        "error_code": 400,
        "description": f"Bad Request: {description}",
    }


@pytest.mark.parametrize("text", ["x" * 4096, "🥛" * 2048, f"<b>{'x' * 4096}</b>"])
async def test_the_longest_text_is_sent(minji: Person, call: CallServer, text: str) -> None:
    sent = await call("sendMessage", chat_id=minji.id, text=text, parse_mode="HTML")
    assert sent["ok"]


async def test_white_space_around_a_text_is_taken_away(minji: Person, call: CallServer) -> None:
    text = "\n 🥛 <b> milk </b> \n"
    sent = await call("sendMessage", chat_id=minji.id, text=text, parse_mode="HTML")
    assert sent["result"]["text"] == "🥛  milk"
    assert sent["result"]["entities"] == [{"offset": 3, "length": 5, "type": "bold"}]


async def test_a_reply_carries_the_message_it_replies_to(
    telegram: LocalTelegram, minji: Person, call: CallServer
) -> None:
    asked = telegram.send_text(minji, minji.id, "hello")
    reply = {"message_id": asked["message_id"]}
    sent = await call("sendMessage", chat_id=minji.id, text="hi", reply_parameters=reply)
    assert sent["result"]["reply_to_message"]["text"] == "hello"


async def test_a_reply_to_nothing_is_sent_if_that_is_allowed(
    minji: Person, call: CallServer
) -> None:
    reply = {"message_id": 999, "allow_sending_without_reply": True}
    sent = await call("sendMessage", chat_id=minji.id, text="hi", reply_parameters=reply)
    assert "reply_to_message" not in sent["result"]


async def test_people_see_a_prompt_that_the_bot_does_not_get_back(
    telegram: LocalTelegram, minji: Person, call: CallServer
) -> None:
    prompt = {"force_reply": True, "selective": True}
    sent = await call("sendMessage", chat_id=minji.id, text="What?", reply_markup=prompt)
    assert "reply_markup" not in sent["result"]
    (seen,) = telegram.messages(minji.id)
    assert seen["reply_markup"] == prompt


async def test_a_person_who_blocked_the_bot_is_not_written_to(
    telegram: LocalTelegram, minji: Person, call: CallServer
) -> None:
    telegram.block(minji)
    refused = await call("sendMessage", chat_id=minji.id, text="hello")
    assert refused["error_code"] == 403
    assert refused["description"] == "Forbidden: bot was blocked by the user"
    telegram.unblock(minji)
    assert (await call("sendMessage", chat_id=minji.id, text="hello"))["ok"]
    statuses = [
        update["my_chat_member"]["new_chat_member"]["status"]
        for update in (await call("getUpdates"))["result"]
    ]
    assert statuses == ["kicked", "member"]


async def test_unknown_methods_and_tokens_are_refused(
    server: LocalTelegramServer, http: ClientSession, call: CallServer
) -> None:
    not_found = {"ok": False, "error_code": 404, "description": "Not Found"}
    assert await call("sendNothing") == not_found
    async with http.get(f"{server.url}/bot1:wrong/getMe") as response:
        assert response.status == 401
        unauthorized = {"ok": False, "error_code": 401, "description": "Unauthorized"}
        assert await response.json() == unauthorized


@pytest.mark.parametrize("how", ["query", "form", "multipart", "json"])
async def test_parameters_come_in_any_body(
    server: LocalTelegramServer, http: ClientSession, minji: Person, how: str
) -> None:
    url = f"{server.url}/bot{server.telegram.token}/sendmessage"
    values = {"chat_id": str(minji.id), "text": "우유 & milk"}
    if how == "query":
        request = http.get(url, params=values)
    elif how == "form":
        request = http.post(url, data=values)
    elif how == "multipart":
        form = FormData(values, default_to_multipart=True)
        request = http.post(url, data=form)
    else:
        request = http.post(url, json=values)
    async with request as response:
        body = await response.json()
    assert body["result"]["text"] == "우유 & milk"


async def test_an_action_must_be_one_of_telegrams(
    telegram: LocalTelegram, minji: Person, call: CallServer
) -> None:
    assert (await call("sendChatAction", chat_id=minji.id, action="typing"))["result"] is True
    assert telegram.events.since(0)[-1].body["action"] == "typing"
    refused = await call("sendChatAction", chat_id=minji.id, action="cooking")
    assert refused["description"] == "Bad Request: wrong parameter action in request"


async def test_an_answer_to_a_tap_is_shown_while_it_is_young(
    telegram: LocalTelegram, minji: Person, call: CallServer, clock: MovableClock
) -> None:
    sent = await call("sendMessage", chat_id=minji.id, text="Sure?")
    message_id = sent["result"]["message_id"]
    query_id = telegram.tap(minji, minji.id, message_id, "yes")
    answer = {"callback_query_id": query_id, "text": "Done", "show_alert": True}
    assert (await call("answerCallbackQuery", **answer))["result"] is True
    assert telegram.callback_answers[query_id]["text"] == "Done"
    assert telegram.callback_answers[query_id]["show_alert"] is True

    old_query = telegram.tap(minji, minji.id, message_id, "yes")
    clock.advance(seconds=150)
    for query in (old_query, "no such query"):
        refused = await call("answerCallbackQuery", callback_query_id=query)
        assert refused["description"] == (
            "Bad Request: query is too old and response timeout expired or query ID is invalid"
        )


async def test_an_answer_to_a_tap_has_200_characters_at_most(
    telegram: LocalTelegram, minji: Person, call: CallServer
) -> None:
    sent = await call("sendMessage", chat_id=minji.id, text="Sure?")
    query = telegram.tap(minji, minji.id, sent["result"]["message_id"], "yes")
    refused = await call("answerCallbackQuery", callback_query_id=query, text="x" * 201)
    assert refused["description"] == "Bad Request: MESSAGE_TOO_LONG"
    assert (await call("answerCallbackQuery", callback_query_id=query, text="x" * 200))["ok"]


async def test_a_bot_can_not_be_the_first_to_write(
    telegram: LocalTelegram, call: CallServer
) -> None:
    sora = telegram.add_person(1003, "Sora", "ko", wrote_before=False)

    refused = await call("sendMessage", chat_id=sora.id, text="hello")

    assert refused["error_code"] == 403
    assert refused["description"] == "Forbidden: bot can't initiate conversation with a user"
    telegram.send_text(sora, sora.id, "/start")
    assert (await call("sendMessage", chat_id=sora.id, text="hello"))["ok"]
