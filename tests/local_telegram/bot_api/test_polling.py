import asyncio

from local_telegram.state.people import Person
from local_telegram.telegram import LocalTelegram
from tests.local_telegram.conftest import CallServer, MovableClock

CONFLICT = (
    "Conflict: terminated by other getUpdates request; "
    "make sure that only one bot instance is running"
)


async def texts(call: CallServer, **parameters: object) -> list[str]:
    body = await call("getUpdates", **parameters)
    return [update["message"]["text"] for update in body["result"]]


async def test_an_offset_confirms_what_is_below_it(
    telegram: LocalTelegram, minji: Person, call: CallServer
) -> None:
    for text in ("one", "two", "three"):
        telegram.send_text(minji, minji.id, text)
    first = (await call("getUpdates", limit=1))["result"][0]
    assert first["message"]["text"] == "one"
    assert await texts(call, offset=first["update_id"] + 1) == ["two", "three"]
    assert await texts(call, offset=first["update_id"] - 5) == ["two", "three"]


async def test_update_ids_grow_by_one(
    telegram: LocalTelegram, minji: Person, call: CallServer
) -> None:
    telegram.send_text(minji, minji.id, "one")
    telegram.send_text(minji, minji.id, "two")
    one, two = (await call("getUpdates"))["result"]
    assert two["update_id"] == one["update_id"] + 1


async def test_a_negative_offset_counts_from_the_end_and_forgets_the_rest(
    telegram: LocalTelegram, minji: Person, call: CallServer
) -> None:
    for text in ("one", "two", "three"):
        telegram.send_text(minji, minji.id, text)
    assert await texts(call, offset=-2) == ["two", "three"]
    assert await texts(call) == ["two", "three"]


async def test_an_offset_from_far_in_the_future_confirms_nothing(
    telegram: LocalTelegram, minji: Person, call: CallServer
) -> None:
    telegram.send_text(minji, minji.id, "one")
    assert await texts(call, offset=telegram.updates.last_id + 12) == ["one"]
    poll = asyncio.create_task(texts(call, offset=telegram.updates.last_id + 11, timeout=30))
    await asyncio.wait({poll}, timeout=0.1)
    assert telegram.updates.pending_count == 0
    poll.cancel()


async def test_the_limit_is_forced_into_its_bounds(
    telegram: LocalTelegram, minji: Person, call: CallServer
) -> None:
    for number in range(101):
        telegram.send_text(minji, minji.id, f"message {number}")
    assert len(await texts(call, limit=1000)) == 100
    assert len(await texts(call, offset=1, limit=0)) == 1


async def test_a_long_poll_returns_as_soon_as_something_is_written(
    telegram: LocalTelegram, minji: Person, call: CallServer
) -> None:
    poll = asyncio.create_task(texts(call, timeout=30))
    await asyncio.wait({poll}, timeout=0.1)
    assert not poll.done()
    telegram.send_text(minji, minji.id, "hello")
    assert await asyncio.wait_for(poll, 60) == ["hello"]


async def test_a_second_poller_ends_the_first_with_a_conflict(
    telegram: LocalTelegram, minji: Person, call: CallServer
) -> None:
    first = asyncio.create_task(call("getUpdates", timeout=30))
    await asyncio.wait({first}, timeout=0.1)
    second = asyncio.create_task(call("getUpdates", timeout=30, offset=1))
    refused = await asyncio.wait_for(first, 60)
    assert refused == {"ok": False, "error_code": 409, "description": CONFLICT}
    telegram.send_text(minji, minji.id, "hello")
    assert len((await asyncio.wait_for(second, 60))["result"]) == 1


async def test_unconfirmed_updates_are_kept_for_a_day(
    telegram: LocalTelegram, minji: Person, call: CallServer, clock: MovableClock
) -> None:
    telegram.send_text(minji, minji.id, "old")
    clock.advance(hours=23, minutes=59)
    telegram.send_text(minji, minji.id, "young")
    assert await texts(call) == ["old", "young"]
    clock.advance(minutes=1)
    assert await texts(call) == ["young"]


async def test_a_tap_is_kept_for_150_seconds(
    telegram: LocalTelegram, minji: Person, call: CallServer, clock: MovableClock
) -> None:
    sent = await call("sendMessage", chat_id=minji.id, text="hello")
    telegram.tap(minji, minji.id, sent["result"]["message_id"], "data")
    telegram.send_text(minji, minji.id, "hello")
    clock.advance(seconds=149)
    assert len((await call("getUpdates"))["result"]) == 2
    clock.advance(seconds=1)
    (update,) = (await call("getUpdates", limit=1))["result"]
    assert "message" in update
    assert (await call("getWebhookInfo"))["result"]["pending_update_count"] == 1


async def test_asking_again_within_half_a_second_gives_one_update_only(
    telegram: LocalTelegram, minji: Person, call: CallServer, clock: MovableClock
) -> None:
    telegram.send_text(minji, minji.id, "one")
    telegram.send_text(minji, minji.id, "two")
    assert len(await texts(call)) == 2
    clock.advance(milliseconds=499)
    assert len(await texts(call)) == 1
    clock.advance(milliseconds=500)
    assert len(await texts(call)) == 2


async def test_asking_again_within_three_seconds_waits_although_it_should_not(
    telegram: LocalTelegram, minji: Person, call: CallServer, clock: MovableClock
) -> None:
    assert await texts(call) == []
    clock.advance(seconds=2.9)
    again = asyncio.create_task(texts(call))
    await asyncio.wait({again}, timeout=0.1)
    assert not again.done()
    telegram.send_text(minji, minji.id, "hello")
    assert await asyncio.wait_for(again, 60) == ["hello"]


async def test_only_the_kinds_that_were_asked_for_arrive_until_others_are_asked_for(
    telegram: LocalTelegram, minji: Person, call: CallServer, clock: MovableClock
) -> None:
    await call("getUpdates", allowed_updates=["callback_query"])
    telegram.send_text(minji, minji.id, "unwanted")
    clock.advance(seconds=3)
    assert await texts(call) == []
    await call("getUpdates", offset=1, allowed_updates=[])
    telegram.send_text(minji, minji.id, "wanted")
    clock.advance(seconds=3)
    assert await texts(call) == ["wanted"]


async def test_an_arbitrary_update_arrives_as_it_is(
    telegram: LocalTelegram, call: CallServer
) -> None:
    update_id = telegram.push_update({"message": "no message at all", "odd": [1]})
    (update,) = (await call("getUpdates"))["result"]
    assert update == {"update_id": update_id, "message": "no message at all", "odd": [1]}
