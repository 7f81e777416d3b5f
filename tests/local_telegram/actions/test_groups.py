import pytest

from local_telegram.protocol.errors import CannotDoError
from local_telegram.protocol.json_values import Json
from local_telegram.state.chats import Chat
from local_telegram.state.people import Person
from local_telegram.telegram import LocalTelegram
from tests.local_telegram.conftest import CallServer, MovableClock


async def received(call: CallServer) -> list[Json]:
    return list((await call("getUpdates"))["result"])


async def test_privacy_mode_shows_the_bot_only_what_is_meant_for_it(
    telegram: LocalTelegram, minji: Person, group: Chat, call: CallServer
) -> None:
    sent = await call("sendMessage", chat_id=group.id, text="hello")
    message_id = sent["result"]["message_id"]
    for text in ("good morning", "milk /add", "/add@other_bot milk", "/한글"):
        telegram.send_text(minji, group.id, text)
    telegram.send_sticker(minji, group.id)
    telegram.send_photo(minji, group.id, "our fridge")
    telegram.send_text(minji, group.id, "/add 우유")
    telegram.send_text(minji, group.id, "/add@Fridge_Bot 우유")
    telegram.send_photo(minji, group.id, "/add 우유")
    telegram.send_text(minji, group.id, "두부", reply_to=message_id)
    messages = [update["message"] for update in await received(call)]
    texts = [message.get("text") or message.get("caption") for message in messages]
    assert texts == ["/add 우유", "/add@Fridge_Bot 우유", "/add 우유", "두부"]
    assert messages[-1]["reply_to_message"]["text"] == "hello"


async def test_a_bot_that_is_an_administrator_sees_everything(
    telegram: LocalTelegram, minji: Person, group: Chat, call: CallServer
) -> None:
    group.bot_is_admin = True

    telegram.send_text(minji, group.id, "good morning")
    telegram.send_photo(minji, group.id, album="1")

    text, photo = [update["message"] for update in await received(call)]
    assert text["text"] == "good morning"
    assert photo["media_group_id"] == "1"


async def test_what_is_sent_to_a_topic_or_replies_to_it_is_in_the_topic(
    telegram: LocalTelegram, minji: Person, call: CallServer
) -> None:
    forum = telegram.add_group(-1_000_000_007_001, "Family", [minji])
    topic = telegram.create_topic(minji, forum.id, "Kitchen")
    asked = telegram.send_text(minji, forum.id, "/add", topic=topic)
    telegram.send_text(minji, forum.id, "/add")

    created, in_topic, in_general = [update["message"] for update in await received(call)]
    assert created["message_id"] == created["message_thread_id"] == topic
    assert (in_topic["message_thread_id"], in_topic["is_topic_message"]) == (topic, True)
    assert in_topic["chat"]["is_forum"]
    assert "message_thread_id" not in in_general
    for parameters in (
        {"message_thread_id": topic},
        {"reply_parameters": {"message_id": asked["message_id"]}},
    ):
        sent = await call("sendMessage", chat_id=forum.id, text="hello", **parameters)
        assert sent["result"]["message_thread_id"] == topic
    sent = await call("sendMessage", chat_id=forum.id, text="hello")
    assert "message_thread_id" not in sent["result"]
    refused = await call("sendMessage", chat_id=forum.id, text="hello", message_thread_id=999)
    assert refused["description"] == "Bad Request: message thread not found"


def test_only_supergroups_have_topics_and_only_those_that_were_made(
    telegram: LocalTelegram, minji: Person, group: Chat
) -> None:
    with pytest.raises(CannotDoError, match="Only a supergroup can have topics"):
        telegram.create_topic(minji, group.id, "Kitchen")
    with pytest.raises(CannotDoError, match="There is no such topic"):
        telegram.send_text(minji, group.id, "hello", topic=7)


async def test_an_edit_in_a_group_reaches_the_bot_if_it_is_a_command(
    telegram: LocalTelegram, minji: Person, group: Chat, call: CallServer
) -> None:
    message_id = telegram.send_text(minji, group.id, "add milk")["message_id"]
    telegram.edit_text(minji, group.id, message_id, "/add milk")
    (update,) = await received(call)
    assert update["edited_message"]["text"] == "/add milk"
    assert update["edited_message"]["edit_date"]


@pytest.mark.parametrize(
    ("text", "commands"),
    [
        ("/add milk", [(0, 4)]),
        ("🥛 /add@fridge_bot", [(3, 15)]),
        ("/add/remove a/b </c> /우유 /add우유", []),
        ("/add, /x", [(0, 4), (6, 2)]),
        ("/add@ab", [(0, 4)]),
    ],
)
async def test_commands_are_recognised_in_what_people_write(
    telegram: LocalTelegram, minji: Person, text: str, commands: list[tuple[int, int]]
) -> None:
    message = telegram.send_text(minji, minji.id, text)
    found = [(entity["offset"], entity["length"]) for entity in message.get("entities", [])]
    assert found == commands


async def test_an_anonymous_admin_is_not_the_person(
    telegram: LocalTelegram, minji: Person, group: Chat, call: CallServer
) -> None:
    telegram.send_text(minji, group.id, "/stats", as_anonymous_admin=True)
    (update,) = await received(call)
    assert update["message"]["from"]["username"] == "GroupAnonymousBot"
    assert update["message"]["sender_chat"]["id"] == group.id


async def test_a_channel_post_has_no_sender(telegram: LocalTelegram, call: CallServer) -> None:
    telegram.add_channel(-1001234567890, "News")
    telegram.send_channel_post(-1001234567890, "/add milk")
    (update,) = await received(call)
    assert "from" not in update["channel_post"]
    assert update["channel_post"]["sender_chat"]["type"] == "channel"


async def test_a_forwarded_message_names_its_origin(
    telegram: LocalTelegram, minji: Person, call: CallServer
) -> None:
    telegram.send_text(minji, minji.id, "/add milk", forwarded=True)
    (update,) = await received(call)
    assert update["message"]["forward_origin"]["type"] == "hidden_user"


async def test_a_group_becomes_a_supergroup(
    telegram: LocalTelegram, minji: Person, group: Chat, call: CallServer
) -> None:
    new_id = telegram.migrate(group.id)
    old, new = [update["message"] for update in await received(call)]
    assert (old["chat"]["id"], old["migrate_to_chat_id"]) == (group.id, new_id)
    assert (new["chat"]["id"], new["migrate_from_chat_id"]) == (new_id, group.id)
    assert new["chat"]["type"] == "supergroup"
    refused = await call("sendMessage", chat_id=group.id, text="hello")
    assert refused == {
        "ok": False,
        "error_code": 400,
        "description": "Bad Request: group chat was upgraded to a supergroup chat",
        "parameters": {"migrate_to_chat_id": new_id},
    }
    assert (await call("sendMessage", chat_id=new_id, text="hello"))["ok"]
    telegram.send_text(minji, new_id, "/fridge")
    with pytest.raises(CannotDoError):
        telegram.send_text(minji, group.id, "/fridge")


async def test_a_bot_that_was_removed_can_not_write_and_hears_nothing(
    telegram: LocalTelegram, minji: Person, group: Chat, call: CallServer, clock: MovableClock
) -> None:
    telegram.leave(group.id, minji)
    telegram.send_text(minji, group.id, "/fridge")
    left, removed = await received(call)
    assert left["message"]["left_chat_member"]["is_bot"]
    assert removed["my_chat_member"]["new_chat_member"]["status"] == "kicked"
    refused = await call("sendMessage", chat_id=group.id, text="hello")
    assert refused["error_code"] == 403
    assert refused["description"] == "Forbidden: bot was kicked from the group chat"
    telegram.join(group.id, minji)
    clock.advance(seconds=3)
    joined, welcome = (await received(call))[2:]
    assert joined["my_chat_member"]["new_chat_member"]["status"] == "member"
    assert welcome["message"]["new_chat_members"][0]["is_bot"]
    assert (await call("sendMessage", chat_id=group.id, text="hello"))["ok"]


async def test_a_bot_that_left_is_no_member(group: Chat, call: CallServer) -> None:
    assert (await call("leaveChat", chat_id=group.id))["result"] is True
    refused = await call("sendMessage", chat_id=group.id, text="hello")
    assert refused["description"] == "Forbidden: bot is not a member of the group chat"


async def test_a_supergroup_numbers_its_own_messages(
    telegram: LocalTelegram, minji: Person, group: Chat
) -> None:
    telegram.send_text(minji, minji.id, "one")
    assert telegram.send_text(minji, group.id, "two")["message_id"] == 2
    new_id = telegram.migrate(group.id)
    assert [message["message_id"] for message in telegram.messages(new_id)] == [1]


async def test_only_members_can_write(telegram: LocalTelegram, group: Chat) -> None:
    stranger = telegram.add_person(5, "Stranger", "en")
    with pytest.raises(CannotDoError, match="Stranger is not a member"):
        telegram.send_text(stranger, group.id, "/add milk")


async def test_a_chat_keeps_its_last_thousand_messages(
    telegram: LocalTelegram, minji: Person
) -> None:
    for number in range(1001):
        telegram.send_text(minji, minji.id, f"message {number}")
    messages = telegram.messages(minji.id)
    assert len(messages) == 1000
    assert messages[0]["text"] == "message 1"


def test_a_telegram_that_is_started_again_gives_no_number_twice() -> None:
    numbers: list[set[int]] = []
    for numbered_after in (0, 100):
        telegram = LocalTelegram(numbered_after=numbered_after)
        minji = telegram.add_person(1001, "민지", "ko", "minji")
        group = telegram.create_group(minji, "Home")
        telegram.join(group.id, minji)
        supergroup = telegram.migrate(group.id)
        written = telegram.send_text(minji, minji.id, "/add 우유")
        in_supergroup = telegram.send_text(minji, supergroup, "/add 우유")
        answer = telegram.send_by_bot(telegram.chat(minji.id), {"text": "🥛"}, None)
        tap = telegram.tap(minji, minji.id, answer["message_id"], "data")
        messages = {one["message_id"] for one in (written, in_supergroup, answer)}
        updates = {update.update_id for update in telegram.updates.unconfirmed(0, 100)}
        numbers.append({group.id, supergroup, int(tap), *messages, *updates})
    assert numbers[0].isdisjoint(numbers[1])
