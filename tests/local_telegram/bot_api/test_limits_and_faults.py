import pytest
from aiohttp import ClientError

from local_telegram.protocol.json_values import Json
from local_telegram.state.chats import Chat
from local_telegram.state.people import Person
from local_telegram.telegram import LocalTelegram
from tests.local_telegram.conftest import CallServer, MovableClock, Sleeps


async def send_until_refused(call: CallServer, chat_id: int) -> tuple[int, Json]:
    for sent in range(100):
        body = await call("sendMessage", chat_id=chat_id, text="hello")
        if not body["ok"]:
            return sent, body
    raise AssertionError("There is no limit.")


async def test_a_chat_takes_one_message_a_second_after_a_short_burst(
    telegram: LocalTelegram, minji: Person, call: CallServer, clock: MovableClock
) -> None:
    telegram.limits.enabled = True
    sent, refused = await send_until_refused(call, minji.id)
    assert sent == 3
    assert refused == {
        "ok": False,
        "error_code": 429,
        "description": "Too Many Requests: retry after 1",
        "parameters": {"retry_after": 1},
    }
    clock.advance(seconds=1)
    assert (await send_until_refused(call, minji.id))[0] == 1


async def test_a_group_takes_twenty_messages_a_minute(
    telegram: LocalTelegram, group: Chat, call: CallServer, clock: MovableClock
) -> None:
    telegram.limits.enabled = True
    sent = 0
    for _ in range(40):
        sent += (await send_until_refused(call, group.id))[0]
        clock.advance(seconds=1)
    assert 20 <= sent <= 34


async def test_all_chats_together_take_thirty_messages_a_second(
    telegram: LocalTelegram, call: CallServer
) -> None:
    telegram.limits.enabled = True
    for number in range(1, 32):
        telegram.add_person(number, "Somebody", "en")
    answers = [await call("sendMessage", chat_id=n, text="hello") for n in range(1, 32)]
    assert [answer["ok"] for answer in answers] == [True] * 30 + [False]


async def test_a_fault_happens_as_often_as_asked(
    telegram: LocalTelegram, minji: Person, call: CallServer
) -> None:
    telegram.faults.add(method="sendMessage", times=2, status=429, retry_after=7)
    for _ in range(2):
        refused = await call("sendMessage", chat_id=minji.id, text="hello")
        assert refused["description"] == "Too Many Requests: retry after 7"
        assert refused["parameters"] == {"retry_after": 7}
        assert (await call("getMe"))["ok"]
    assert (await call("sendMessage", chat_id=minji.id, text="hello"))["ok"]
    assert [made.error for made in telegram.calls if made.method == "sendMessage"] == [
        "Too Many Requests: retry after 7",
        "Too Many Requests: retry after 7",
        None,
    ]


async def test_a_fault_can_delay_and_fail_and_be_called_off(
    telegram: LocalTelegram, call: CallServer, sleeps: Sleeps
) -> None:
    telegram.faults.add(delay=3)
    assert (await call("getMe"))["ok"]
    assert sleeps.seconds == [3]
    telegram.faults.add(status=500)
    assert (await call("getMe"))["description"] == "Internal Server Error"
    telegram.faults.add(status=403, description="Forbidden: user is deactivated")
    assert (await call("getMe"))["description"] == "Forbidden: user is deactivated"
    telegram.faults.add(status=502, times=100)
    telegram.faults.clear()
    assert (await call("getMe"))["ok"]


async def test_a_fault_can_cut_the_connection(
    telegram: LocalTelegram, minji: Person, call: CallServer
) -> None:
    telegram.faults.add(method="sendMessage", disconnect=True)
    with pytest.raises((ClientError, ConnectionError)):
        await call("sendMessage", chat_id=minji.id, text="hello")
    assert telegram.messages(minji.id) == []
