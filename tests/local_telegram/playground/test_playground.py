import asyncio
import json
from collections.abc import AsyncIterator

import pytest
from aiohttp import ClientSession

from local_telegram.playground.sample_people import add_sample_people
from local_telegram.protocol.errors import CannotDoError
from local_telegram.protocol.json_values import Json
from local_telegram.server import LocalTelegramServer
from local_telegram.state.chats import Chat
from local_telegram.state.people import Person
from local_telegram.telegram import LocalTelegram
from tests.local_telegram.conftest import GROUP_ID, CallServer, Heartbeats

KEYBOARD = {"inline_keyboard": [[{"text": "Yes", "callback_data": "yes"}]]}


async def echo(call: CallServer) -> None:
    """A bot: answers a text, edits on a tap, and confirms with its next poll."""
    offset = 0
    while True:
        for update in (await call("getUpdates", offset=offset, timeout=30))["result"]:
            offset = update["update_id"] + 1
            if query := update.get("callback_query"):
                place = {"chat_id": query["from"]["id"]}
                place["message_id"] = query["message"]["message_id"]
                await call("editMessageText", **place, text=f"tapped {query['data']}")
                await call("answerCallbackQuery", callback_query_id=query["id"], text="OK")
            elif update.get("message", {}).get("text"):
                chat_id = update["message"]["chat"]["id"]
                text = update["message"]["text"]
                await call("sendMessage", chat_id=chat_id, text=text, reply_markup=KEYBOARD)


@pytest.fixture
async def running_bot(call: CallServer) -> AsyncIterator[None]:
    task = asyncio.create_task(echo(call))
    yield
    task.cancel()
    await asyncio.wait({task})


@pytest.mark.usefixtures("running_bot", "minji")
async def test_a_person_writes_and_gets_the_bots_reply(playground: CallServer) -> None:
    answer = await playground("POST", "send", person="minji", text="/add 우유", wait=30)
    assert answer["message"]["from"]["first_name"] == "민지"
    assert [reply["text"] for reply in answer["replies"]] == ["/add 우유"]


@pytest.mark.usefixtures("running_bot", "minji")
async def test_a_tap_returns_the_answer_and_the_edit(playground: CallServer) -> None:
    sent = await playground("POST", "send", person=1001, text="hello", wait=30)
    message_id = sent["replies"][0]["message_id"]
    tapped = await playground(
        "POST", "tap", person=1001, message_id=message_id, data="yes", wait=30
    )
    assert tapped["answer"] == {"text": "OK", "show_alert": False}
    assert [reply["text"] for reply in tapped["replies"]] == ["tapped yes"]


@pytest.mark.usefixtures("minji")
async def test_a_tap_waits_for_its_own_answer_also_after_an_edit(
    playground: CallServer, call: CallServer
) -> None:
    sent = await call("sendMessage", chat_id=1001, text="Sure?")
    place = {"chat_id": 1001, "message_id": sent["result"]["message_id"]}
    tap = asyncio.create_task(playground("POST", "tap", person=1001, **place, data="x", wait=30))
    (update,) = (await call("getUpdates", timeout=30))["result"]
    await call("editMessageText", **place, text="Done")
    await asyncio.wait({tap}, timeout=0.5)
    assert not tap.done()
    query_id = update["callback_query"]["id"]
    await call("answerCallbackQuery", callback_query_id=query_id, text="OK")
    tapped = await asyncio.wait_for(tap, 60)
    assert tapped["answer"]["text"] == "OK"
    assert [reply["text"] for reply in tapped["replies"]] == ["Done"]


@pytest.mark.usefixtures("minji")
async def test_all_that_is_said_before_the_confirmation_is_waited_for(
    playground: CallServer, call: CallServer
) -> None:
    said = asyncio.create_task(playground("POST", "send", person=1001, text="/export", wait=30))
    (update,) = (await call("getUpdates", timeout=30))["result"]
    await call("sendMessage", chat_id=1001, text="One")
    await asyncio.wait({said}, timeout=0.5)
    assert not said.done()
    await call("sendMessage", chat_id=1001, text="Two")
    poll = asyncio.create_task(call("getUpdates", offset=update["update_id"] + 1, timeout=30))
    replies = (await asyncio.wait_for(said, 60))["replies"]
    assert [reply["text"] for reply in replies] == ["One", "Two"]
    poll.cancel()


@pytest.mark.usefixtures("minji")
async def test_a_tap_that_is_confirmed_unanswered_waits_no_longer(
    playground: CallServer, call: CallServer
) -> None:
    sent = await call("sendMessage", chat_id=1001, text="Sure?")
    message_id = sent["result"]["message_id"]
    tap = asyncio.create_task(
        playground("POST", "tap", person=1001, message_id=message_id, data="x", wait=30)
    )
    (query,) = (await call("getUpdates", timeout=30))["result"]
    poll = asyncio.create_task(call("getUpdates", offset=query["update_id"] + 1, timeout=30))
    assert (await asyncio.wait_for(tap, 60))["answer"] is None
    poll.cancel()


@pytest.mark.usefixtures("running_bot", "group")
async def test_what_privacy_mode_hides_is_answered_at_once(playground: CallServer) -> None:
    answer = await playground(
        "POST", "send", person="minji", chat=GROUP_ID, text="good morning", wait=60
    )
    assert answer["replies"] == []


async def test_without_a_bot_the_wait_ends(playground: CallServer, minji: Person) -> None:
    answer = await playground("POST", "send", person=minji.id, text="hello", wait=0.05)
    assert answer["replies"] == []
    tapped = await playground("POST", "send", person=minji.id, sticker=True, wait=0)
    assert tapped["message"]["sticker"]
    photo = await playground(
        "POST", "send", person=minji.id, photo=True, caption="/add milk", wait=0
    )
    assert photo["message"]["caption_entities"][0]["type"] == "bot_command"
    edited = await playground(
        "POST",
        "send",
        person=minji.id,
        edit=answer["message"]["message_id"],
        text="hello!",
        wait=0,
    )
    assert edited["message"]["text"] == "hello!"
    history = await playground("GET", "messages", chat=minji.id)
    assert history["messages"][0]["text"] == "hello!"
    assert history["last_event"] > 0


async def test_the_state_lists_the_cast(telegram: LocalTelegram, playground: CallServer) -> None:
    add_sample_people(telegram)
    state = await playground("GET", "state")
    assert state["bot"]["username"] == "fridge_bot"
    names = [(person["username"], person["is_admin"]) for person in state["people"]]
    assert names == [("minji", False), ("emma", False), ("admin", True)]
    assert state["chats"][-1] == {
        "id": -4001,
        "type": "group",
        "title": "우리 집 · Home",
        "members": [1001, 1002, 1003],
        "bot_is_member": True,
    }


async def test_a_menu_follows_the_persons_language(
    minji: Person, playground: CallServer, call: CallServer
) -> None:
    for language, description in (("", "add"), ("ko", "넣기")):
        commands = [{"command": "add", "description": description}]
        await call("setMyCommands", commands=commands, language_code=language)
    menu = await playground("GET", "commands", person=minji.id)
    assert menu["commands"] == [{"command": "add", "description": "넣기"}]
    await playground("POST", "language", person=minji.id, language_code="en")
    menu = await playground("GET", "commands", person=minji.id, chat=minji.id)
    assert menu["commands"] == [{"command": "add", "description": "add"}]


async def test_membership_and_migration(
    telegram: LocalTelegram, minji: Person, group: Chat, playground: CallServer
) -> None:
    left = await playground("POST", "membership", chat=group.id, bot_is_member=False)
    assert left["chat"]["bot_is_member"] is False
    joined = await playground("POST", "membership", chat=group.id, bot_is_member=True)
    assert joined["chat"]["bot_is_member"] is True
    await playground("POST", "membership", person=minji.id, blocked=True)
    refused = await playground("POST", "send", person=minji.id, text="hello")
    assert refused == {"error": "민지 has blocked the bot."}
    await playground("POST", "membership", person=minji.id, blocked=False)
    migrated = await playground("POST", "migrate", chat=group.id)
    assert telegram.chat(migrated["chat"]).type == "supergroup"


async def test_a_new_group_gets_the_bot_by_a_link(
    telegram: LocalTelegram, minji: Person, emma: Person, playground: CallServer
) -> None:
    made = await playground("POST", "group", person="minji", title="여행", members=["emma"])
    group = made["chat"]
    assert (group["members"], group["bot_is_member"]) == ([minji.id, emma.id], False)
    join = {"person": "emma", "chat": group["id"], "bot_is_member": True}
    for start in ("true", ""):
        answer = await playground("POST", "membership", **join, start=start)
        assert answer["chat"]["bot_is_member"] is True
    seen = [update.body for update in telegram.updates.unconfirmed(0, 100)]
    assert seen[0]["my_chat_member"]["from"]["id"] == emma.id
    assert seen[1]["message"]["new_chat_members"][0]["username"] == "fridge_bot"
    assert seen[2]["message"]["text"] == "/start@fridge_bot true"
    assert len(seen) == 3
    refused = await playground("POST", "membership", **join, start="no spaces")
    assert refused["error"].startswith("The start of a link has")
    other = await playground("POST", "group", person="emma", title="x")
    assert other["chat"]["id"] < group["id"]
    for fields, sentence in (
        ({"chat": other["chat"]["id"], "bot_is_member": False}, "The bot is not in that group."),
        ({"chat": emma.id, "bot_is_member": True}, "Only a group can have the bot join or leave."),
        (join | {"chat": minji.id}, "Emma is not a member of that chat."),
    ):
        assert await playground("POST", "membership", **fields) == {"error": sentence}
    for fields, sentence in (
        ({"title": " "}, "A group has a title."),
        ({"title": "x", "members": "emma"}, "`members` is a list of people."),
    ):
        answer = await playground("POST", "group", person="minji", **fields)
        assert answer == {"error": sentence}


@pytest.mark.usefixtures("running_bot", "group")
async def test_a_script_lets_people_do_one_thing_after_the_other(
    telegram: LocalTelegram, playground: CallServer
) -> None:
    steps: list[Json] = [
        {"send": {"person": "minji", "text": "hello", "wait": 30}},
        {"tap": {"person": "minji", "button": "Ye", "wait": 30}},
        {"language": {"person": "emma", "language_code": "ko"}},
        {"membership": {"person": "emma", "blocked": True}},
    ]
    sent, tapped, *_ = (await playground("POST", "play", steps=steps))["results"]
    assert [reply["text"] for reply in sent["replies"]] == ["hello"]
    assert tapped["answer"] == {"text": "OK", "show_alert": False}
    assert telegram.chat(1002).as_listed()["bot_is_member"] is False
    wrong: list[tuple[object, str]] = [
        ({"tap": {"person": "minji", "button": "Yes"}}, "There is no button 'Yes'."),
        ({"dance": {}}, "A step is one of send, tap, "),
        ({"send": "hello"}, "A step is one of send, tap, "),
        ({}, "A step is one of send, tap, "),
        ("send", "A step is one of send, tap, "),
    ]
    for step, sentence in wrong:
        answer = await playground("POST", "play", steps=[steps[2], step, steps[0]])
        assert answer["error"].startswith(f"Step 2: {sentence}")
    assert (await playground("POST", "play", steps=5))["error"].startswith("`steps` is a list")


async def test_a_button_is_found_by_what_it_says(
    telegram: LocalTelegram, minji: Person, call: CallServer
) -> None:
    def keyboard(*labels: str) -> Json:
        row: list[Json] = [{"text": label, "callback_data": f"{label}!"} for label in labels]
        return {"inline_keyboard": [[{"text": "link", "url": "https://example.org/"}, *row]]}

    older = (
        await call(
            "sendMessage", chat_id=1001, text="1", reply_markup=keyboard("milk", "eggs")
        )
    )["result"]["message_id"]  # fmt: skip
    newer = (
        await call("sendMessage", chat_id=1001, text="2", reply_markup=keyboard("oat milk", "eggs"))
    )["result"]["message_id"]
    telegram.send_text(minji, minji.id, "hello")
    assert telegram.find_button(1001, "eggs") == (newer, "eggs!")
    assert telegram.find_button(1001, "oat") == (newer, "oat milk!")
    assert telegram.find_button(1001, "milk") == (older, "milk!")
    assert telegram.find_button(1001, "eggs", older) == (older, "eggs!")
    with pytest.raises(CannotDoError):
        telegram.find_button(1001, "link")


async def test_faults_are_added_and_cleared(playground: CallServer, call: CallServer) -> None:
    await playground("POST", "faults", method="getMe", times=5, status=500)
    assert (await call("getMe"))["error_code"] == 500
    await playground("DELETE", "faults")
    assert (await call("getMe"))["ok"]


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (b"{", "The body must be JSON."),
        (b"[]", "The body must be a JSON object."),
        (b'{"person": "nobody", "text": "x"}', "There is no person 'nobody'."),
        (b'{"person": 1001, "text": " "}', "There is nothing to send."),
        (b'{"person": 1001, "chat": 5, "text": "x"}', "There is no chat 5."),
        (b'{"person": 1001, "text": "x", "reply_to": 9}', "The message to reply to is not there."),
        (b'{"person": 1001, "text": "x", "wait": "y"}', "`wait` is a number of seconds."),
    ],
)
@pytest.mark.usefixtures("minji")
async def test_what_is_wrong_is_said_in_a_sentence(
    server: LocalTelegramServer, http: ClientSession, body: bytes, sentence: str
) -> None:
    async with http.post(f"{server.url}/playground/send", data=body) as response:
        assert response.status == 400
        assert await response.json() == {"error": sentence}


async def read_event(lines: AsyncIterator[bytes]) -> tuple[int, Json]:
    """Return the next event's number and data."""
    number = 0
    async for line in lines:
        name, _, value = line.decode().strip().partition(": ")
        if name == "id":
            number = int(value)
        if name == "data":
            return number, json.loads(value)
    raise AssertionError("The stream has ended.")


async def test_events_stream_and_resume(
    telegram: LocalTelegram,
    server: LocalTelegramServer,
    http: ClientSession,
    minji: Person,
    call: CallServer,
) -> None:
    url = f"{server.url}/playground/events"
    before = telegram.events.last_id
    telegram.send_text(minji, minji.id, "hello")
    async with asyncio.timeout(60), http.get(url, params={"after": before}) as response:
        assert response.content_type == "text/event-stream"
        lines = aiter(response.content)
        number, written = await read_event(lines)
        assert (written["type"], written["message"]["text"]) == ("message", "hello")
        sent = await call("sendMessage", chat_id=minji.id, text="hi")
        _, answered = await read_event(lines)
        assert answered["message"] == sent["result"]
    await call("deleteMessage", chat_id=minji.id, message_id=sent["result"]["message_id"])
    resumed = {"Last-Event-ID": str(number + 1)}
    async with asyncio.timeout(60), http.get(url, headers=resumed) as response:
        _, deleted = await read_event(aiter(response.content))
        assert deleted["type"] == "deleted"


async def test_a_quiet_stream_of_events_is_kept_alive(
    telegram: LocalTelegram,
    server: LocalTelegramServer,
    http: ClientSession,
    minji: Person,
    heartbeats: Heartbeats,
) -> None:
    query = {"after": telegram.events.last_id}
    async with (
        asyncio.timeout(60),
        http.get(f"{server.url}/playground/events", params=query) as response,
    ):
        for _ in range(2):
            heartbeats.beat()
            assert (await response.content.readline()).startswith(b":")
            assert await response.content.readline() == b"\n"
        telegram.send_text(minji, minji.id, "hello")
        _, written = await read_event(aiter(response.content))
        assert written["message"]["text"] == "hello"
    assert set(heartbeats.seconds) == {15}


async def test_a_closed_page_leaves_nothing_behind(
    telegram: LocalTelegram,
    server: LocalTelegramServer,
    http: ClientSession,
    minji: Person,
    heartbeats: Heartbeats,
) -> None:
    without = set(asyncio.all_tasks())
    url = f"{server.url}/playground/events"
    for what_happens in (heartbeats.beat, lambda: telegram.send_text(minji, minji.id, "hello")):
        query = {"after": telegram.events.last_id}
        async with ClientSession() as page, page.get(url, params=query):
            pass
        async with http.get(f"{server.url}/playground/state") as response:
            assert response.status == 200  # the server has seen the page close by now
        streams = {task for task in asyncio.all_tasks() - without if "_handle" in repr(task)}
        assert streams
        what_happens()
        await asyncio.wait_for(asyncio.wait(streams), 60)


async def test_stopping_ends_long_polls_at_once(telegram: LocalTelegram) -> None:
    server = LocalTelegramServer(telegram)
    await server.start()
    async with ClientSession() as http, asyncio.timeout(60):
        url = f"{server.url}/bot{telegram.token}/getUpdates"
        poll = asyncio.create_task(http.post(url, json={"timeout": 50}))
        await asyncio.wait({poll}, timeout=0.1)
        await server.stop()
        assert await (await poll).json() == {"ok": True, "result": []}


async def test_the_chat_page_is_served(server: LocalTelegramServer, http: ClientSession) -> None:
    async with http.get(f"{server.url}/") as response:
        assert response.status == 200
        assert response.content_type == "text/html"


async def test_two_servers_run_side_by_side(minji: Person, server: LocalTelegramServer) -> None:
    async with LocalTelegramServer() as other, ClientSession() as http:
        assert other.url != server.url
        async with http.get(f"{other.url}/playground/state") as response:
            assert (await response.json())["people"] == []
    assert server.telegram.people == {minji.id: minji}
